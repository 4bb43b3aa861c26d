import CSystemCalls

/// The SHA-256 digest of a stream of bytes.
///
/// Source: FIPS 180-4, sections 5.1.1, 5.3.3 and 6.2.
package struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]
  private var pending: [UInt8] = []
  private var byteCount = 0

  package init() {}

  /// Takes in more bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// Takes in more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    var start = 0
    if !pending.isEmpty {
      start = min(64 - pending.count, bytes.count)
      pending += bytes[..<start]
      guard pending.count == 64 else { return }
      let block = pending
      block.withUnsafeBytes { Self.compress(&state, $0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = (bytes.count - start) / 64 * 64
    if whole > 0 {
      Self.compress(&state, UnsafeRawBufferPointer(rebasing: bytes[start..<start + whole]))
    }
    pending += bytes[(start + whole)...]
  }

  /// The 32 bytes of the digest of all that was taken in.
  package func digest() -> [UInt8] {
    var copy = self
    let bits = UInt64(byteCount) * 8
    var tail: [UInt8] = [0x80]
    tail += [UInt8](repeating: 0, count: (119 - byteCount % 64) % 64)
    tail += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    copy.update(tail)
    return copy.state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  /// The digest as 64 lower-case hexadecimal digits.
  package func hexDigest() -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  package static func hexDigest(of bytes: some Sequence<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexDigest()
  }

  /// The digest of a regular file, read in blocks.
  ///
  /// - Parameters:
  ///   - path: Links are followed.
  ///   - beat: Called with every block.
  /// - Returns: 64 lower-case hexadecimal digits.
  /// - Throws: ``FileError`` when it can't be read or is no regular file.
  package static func hexDigest(
    ofFile path: String, beat: () -> Void = {}
  ) throws(FileError) -> String {
    try hexDigest(ofRest: try OpenFile(reading: path), beat: beat)
  }

  /// The digest of the rest of an open file.
  package static func hexDigest(
    ofRest file: OpenFile, beat: () -> Void = {}
  ) throws(FileError) -> String {
    var hash = SHA256()
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try file.read(into: &block)
      if count == 0 { return hash.hexDigest() }
      block.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      beat()
    }
  }

  /// Works on whole blocks of 64 bytes.
  private static func compress(_ state: inout [UInt32], _ blocks: UnsafeRawBufferPointer) {
    lattice_sha256_compress(&state, blocks.baseAddress, Int64(blocks.count / 64))
  }
}
