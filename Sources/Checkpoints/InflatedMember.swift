/// What came out when a member was inflated whole.
struct InflatedMember {
  let headerCount: Int
  /// Bytes of header and data.
  private(set) var count = 0
  private(set) var checksum: UInt32 = 0
  /// True when the stream ended there, and with it the member's bytes in the file.
  private(set) var isWhole = false

  init(headerCount: Int) { self.headerCount = headerCount }

  /// Inflates `bytes`: the header is dropped, the data goes into `memory`.
  mutating func read(
    _ bytes: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer
  ) throws(InflateStream.Fault) {
    let stream = try InflateStream(bytes)
    let header = try stream.next(headerCount)
    count = header.count
    checksum = header.withUnsafeBytes { CRC32.updated(0, $0) }
    count += try stream.read(into: memory)
    checksum = CRC32.updated(checksum, UnsafeRawBufferPointer(memory))
    let rest = try stream.next(1)
    isWhole = rest.isEmpty && stream.usedAll
  }
}
