import CZlib

/// The checksum of zip archives.
enum CRC32 {
  /// Takes in more bytes; starts from 0.
  static func updated(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var checksum = UInt(checksum)
    var done = 0
    while done < bytes.count {
      let count = min(bytes.count - done, 1 << 30)
      checksum = crc32(
        checksum, (bytes.baseAddress.map { $0 + done })?.assumingMemoryBound(to: UInt8.self),
        UInt32(count))
      done += count
    }
    return UInt32(truncatingIfNeeded: checksum)
  }
}
