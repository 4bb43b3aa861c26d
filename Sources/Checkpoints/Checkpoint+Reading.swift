import Glibc
package import TensorFiles

extension Checkpoint {
  /// The tensor's bytes as they are in memory: mapped when they can be, else read into memory of their own.
  ///
  /// - Parameters:
  ///   - entry: One of ``entries``.
  ///   - body: Gets the bytes, aligned at least to the element's size and valid during the call.
  /// - Returns: What `body` returns.
  /// - Throws: ``CheckpointError``, and what `body` throws.
  package func withBytes<Result>(
    _ entry: CheckpointEntry, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    if let mapped = mapped(entry) {
      return try withExtendedLifetime(mapped) { try body(mapped.bytes) }
    }
    let copy = try copied(entry)
    defer { free(copy.baseAddress) }
    return try body(UnsafeRawBufferPointer(copy))
  }

  /// The tensor's bytes in memory that the caller frees.
  private func copied(
    _ entry: CheckpointEntry
  ) throws(CheckpointError) -> UnsafeMutableRawBufferPointer {
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, max(entry.byteCount, 1)) == 0, let memory else {
      throw CheckpointError.noMemory(path: path, name: entry.name, bytes: entry.byteCount)
    }
    let buffer = UnsafeMutableRawBufferPointer(start: memory, count: entry.byteCount)
    do throws(CheckpointError) {
      try read(entry, into: buffer)
    } catch {
      free(memory)
      throw error
    }
    return buffer
  }

  /// Reads a tensor as another type: f16, bf16 and f64 become f32, and any type itself.
  ///
  /// - Parameters:
  ///   - entry: One of ``entries``.
  ///   - type: Of the elements in `memory`.
  ///   - memory: As many bytes as the entry's elements have in that type, aligned to its size.
  /// - Throws: ``CheckpointError``.
  package func read(
    _ entry: CheckpointEntry, as type: ScalarType, into memory: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    guard entry.type != type else { return try read(entry, into: memory) }
    guard FloatWidening.isPossible(from: entry.type, to: type) else {
      throw CheckpointError.inconvertible(
        path: path, name: entry.name, found: entry.type, wanted: type)
    }
    precondition(
      memory.count == entry.count * type.byteCount, "memory must be of the tensor's size")
    if let mapped = mapped(entry) {
      withExtendedLifetime(mapped) {
        FloatWidening.widen(mapped.bytes, from: entry.type, into: memory)
      }
    } else {
      let copy = try copied(entry)
      FloatWidening.widen(UnsafeRawBufferPointer(copy), from: entry.type, into: memory)
      free(copy.baseAddress)
    }
  }

  /// All elements of a tensor as f32.
  ///
  /// - Parameter entry: One of ``entries``, of a type of floats.
  /// - Returns: In row-major order.
  /// - Throws: ``CheckpointError``.
  package func floats(_ entry: CheckpointEntry) throws -> [Float] {
    var floats = [Float](repeating: 0, count: entry.count)
    try floats.withUnsafeMutableBytes { try read(entry, as: .f32, into: $0) }
    return floats
  }
}
