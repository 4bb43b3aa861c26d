import CZlib

/// Inflates raw deflate data piece by piece, into memory that the caller gives.
final class InflateStream {
  /// Why data can't be inflated.
  struct Fault: Error {
    let reason: String
  }

  private let state: UnsafeMutablePointer<z_stream>
  private let source: UnsafeRawBufferPointer
  /// Bytes of the source that were handed over.
  private var given = 0
  private var isAtEnd = false

  /// Starts at the first byte of `source`, which must outlive this.
  init(_ source: UnsafeRawBufferPointer) throws(Fault) {
    self.source = source
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    // A negative window size says that neither zlib's header nor its checksum is there.
    let status = inflateInit2_(state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw Fault(reason: "zlib doesn't start (\(status))") }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
  }

  /// True when the data ended where the source did.
  var usedAll: Bool { isAtEnd && given == source.count && state.pointee.avail_in == 0 }

  /// Writes the next bytes.
  ///
  /// - Returns: Bytes written; fewer than there is room for only at the end.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
    var done = 0
    while done < memory.count, !isAtEnd {
      giveMore()
      let room = min(memory.count - done, 1 << 30)
      state.pointee.next_out = memory.baseAddress?.advanced(by: done)
        .assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = UInt32(room)
      let status = inflate(state, Z_NO_FLUSH)
      let written = room - Int(state.pointee.avail_out)
      done += written
      switch status {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK where written > 0 || state.pointee.avail_in > 0 || given < source.count: break
      case Z_OK, Z_BUF_ERROR: throw Fault(reason: "it is cut short")
      default: throw Fault(reason: reason(status))
      }
    }
    return done
  }

  /// The next bytes; fewer than `count` only at the end.
  func next(_ count: Int) throws(Fault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found: Result<Int, Fault> = bytes.withUnsafeMutableBytes { memory in
      do throws(Fault) { return .success(try read(into: memory)) } catch { return .failure(error) }
    }
    bytes.removeLast(count - (try found.get()))
    return bytes
  }

  private func giveMore() {
    guard state.pointee.avail_in == 0, given < source.count else { return }
    let count = min(source.count - given, 1 << 30)
    state.pointee.next_in = source.baseAddress.map {
      UnsafeMutablePointer(mutating: ($0 + given).assumingMemoryBound(to: UInt8.self))
    }
    state.pointee.avail_in = UInt32(count)
    given += count
  }

  private func reason(_ status: Int32) -> String {
    state.pointee.msg.map { String(cString: $0) } ?? "zlib says \(status)"
  }
}
