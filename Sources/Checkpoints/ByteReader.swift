/// Reads whole numbers one after another and never past the end.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  /// Of the next byte.
  private(set) var position: Int
  private let end: Int

  /// Reads `range` of `bytes`, which must hold it.
  init(_ bytes: UnsafeRawBufferPointer, _ range: ByteRange? = nil) {
    let range = range ?? ByteRange(0, bytes.count)
    precondition(bytes.part(range) != nil, "the range must be in the bytes")
    self.bytes = bytes
    position = range.start
    end = range.start + range.count
  }

  /// Bytes that are left.
  var left: Int { end - position }

  /// A number, least significant byte first; nil at the end.
  mutating func little<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number?
  {
    raw(type).map { Number(littleEndian: $0) }
  }

  /// A number, most significant byte first; nil at the end.
  mutating func big<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number? {
    raw(type).map { Number(bigEndian: $0) }
  }

  /// Where the next bytes are, which are passed over; nil when there are fewer.
  mutating func take(_ count: Int) -> ByteRange? {
    guard count >= 0, count <= left else { return nil }
    defer { position += count }
    return ByteRange(position, count)
  }

  private mutating func raw<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) -> Number? {
    guard left >= MemoryLayout<Number>.size else { return nil }
    defer { position += MemoryLayout<Number>.size }
    return bytes.loadUnaligned(fromByteOffset: position, as: type)
  }
}
