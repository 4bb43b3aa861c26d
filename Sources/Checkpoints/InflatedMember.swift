/// What came out when a member was inflated whole.
struct InflatedMember {
  let headerCount: Int
  /// Bytes of header and data.
  private(set) var count = 0
  private(set) var checksum: UInt32 = 0
  /// True when there is more to inflate.
  private(set) var hasMore = false

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
    hasMore = try !stream.next(1).isEmpty
    guard hasMore || stream.usedAll else {
      throw InflateStream.Fault(reason: "more bytes follow its end")
    }
  }
}
