import Glibc
import Synchronization

/// Memory for intermediate results, kept between calls: one buffer for each call that runs at the same time.
final class ScratchPool: Sendable {
  static let shared = ScratchPool()

  // Addresses instead of pointers, so that the buffers of threads that ended can be handed to others.
  private struct Buffer {
    let address: UInt
    let byteCount: Int
  }

  private static let page = 2 << 20
  private let free = Mutex<[Buffer]>([])

  /// Lends `body` a buffer of at least `byteCount` bytes, aligned to 64 and more, with anything in it.
  func withBuffer(
    _ byteCount: Int, _ body: (UnsafeMutableRawPointer) throws(ConvolutionError) -> Void
  ) throws(ConvolutionError) {
    let buffer = try take(max(byteCount, 64))
    defer { free.withLock { $0.append(buffer) } }
    guard let address = UnsafeMutableRawPointer(bitPattern: buffer.address) else {
      throw .noMemory(byteCount: byteCount)
    }
    try body(address)
  }

  /// Gives buffers that nobody uses back to the system.
  func trim() {
    let buffers = free.withLock { buffers in
      defer { buffers = [] }
      return buffers
    }
    for buffer in buffers { Self.release(buffer) }
  }

  private func take(_ byteCount: Int) throws(ConvolutionError) -> Buffer {
    let (found, tooSmall): (Buffer?, Buffer?) = free.withLock { buffers in
      let fitting = buffers.indices.filter { buffers[$0].byteCount >= byteCount }
      if let index = fitting.min(by: { buffers[$0].byteCount < buffers[$1].byteCount }) {
        return (buffers.remove(at: index), nil)
      }
      return (nil, buffers.popLast())
    }
    if let found { return found }
    if let tooSmall { Self.release(tooSmall) }
    return try Self.allocate(byteCount)
  }

  private static func allocate(_ byteCount: Int) throws(ConvolutionError) -> Buffer {
    let rounded = (byteCount + page - 1) / page * page
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, page, rounded) == 0, let pointer else {
      throw .noMemory(byteCount: byteCount)
    }
    // Big pages spare a tenth and more of the time; a system without them does without.
    _ = madvise(pointer, rounded, MADV_HUGEPAGE)
    return Buffer(address: UInt(bitPattern: pointer), byteCount: rounded)
  }

  private static func release(_ buffer: Buffer) {
    Glibc.free(UnsafeMutableRawPointer(bitPattern: buffer.address))
  }
}
