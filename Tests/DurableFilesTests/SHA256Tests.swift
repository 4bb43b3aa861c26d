import DurableFiles
import Testing

@Suite struct SHA256Tests {
  /// Examples of FIPS 180-4 and lengths around a block.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func equalsTheStandard(text: String, digest: String) {
    #expect(SHA256.hexDigest(of: text.utf8) == digest)
  }

  @Test(arguments: [1, 55, 56, 63, 64, 65, 119, 120, 128, 1000])
  func piecesGiveTheSameAsTheWhole(length: Int) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var hash = SHA256()
    for byte in bytes { hash.update([byte]) }
    #expect(hash.hexDigest() == SHA256.hexDigest(of: bytes))
  }
}
