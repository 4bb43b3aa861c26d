import Glibc
import Synchronization

/// Keeps freed blocks for the next tensor of their size: fresh memory would be mapped and cleared page by page.
///
/// Sizes are rounded up to one of four steps between powers of two, so that at most a fifth of a block is unused.
final class MemoryPool: Sendable {
  static let shared = MemoryPool()

  /// Bytes to a cache line and a vector register.
  static let alignment = 64
  /// Blocks kept in all, in bytes.
  private static let keptLimit = 2 << 30

  private struct State {
    /// Addresses by size of block.
    var free: [Int: [UInt]] = [:]
    var keptBytes = 0
  }

  private let state = Mutex(State())

  /// Memory of at least `byteCount` bytes; its contents are whatever was there.
  func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let size = Self.blockSize(byteCount)
    let address = state.withLock { state -> UInt? in
      guard let address = state.free[size]?.popLast() else { return nil }
      state.keptBytes -= size
      return address
    }
    if let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
    let pointer = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: size >= 4 << 20 ? 2 << 20 : Self.alignment)
    if size >= 4 << 20 { madvise(pointer, size, MADV_HUGEPAGE) }
    return pointer
  }

  /// Takes back what ``take(_:)`` gave for the same number of bytes.
  func giveBack(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    let size = Self.blockSize(byteCount)
    let isKept = state.withLock { state in
      guard state.keptBytes + size <= Self.keptLimit else { return false }
      state.free[size, default: []].append(UInt(bitPattern: pointer))
      state.keptBytes += size
      return true
    }
    if !isKept { pointer.deallocate() }
  }

  /// Lets go of all blocks that are kept.
  func empty() {
    let free = state.withLock { state in
      defer { state = State() }
      return state.free
    }
    for address in free.values.joined() {
      UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }
  }

  static func blockSize(_ byteCount: Int) -> Int {
    let least = max(byteCount, 256)
    let power = 1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)
    if power == least { return least }
    let step = power / 4
    return (least + step - 1) / step * step
  }
}
