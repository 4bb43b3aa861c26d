import Foundation
import ImageCodecs
import Testing

/// What is said of files that are no pictures; nothing crashes or allocates on their word.
@Suite struct BadPictureTests {
  private func fault(_ bytes: [UInt8], maximumPixels: Int = 1 << 20) -> String? {
    bytes.withUnsafeBytes { raw in
      do {
        _ = try PictureDecoder.decode(raw, maximumPixels: maximumPixels)
        return nil
      } catch { return "\(error)" }
    }
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: Fixtures.path(name))))
  }

  @Test func saysWhatTheFileIs() throws {
    #expect(fault([]) == "the file is empty; was it copied whole?")
    #expect(
      fault(Array("GIF89a".utf8))
        == "this is a GIF file; Lattice reads PNG and JPEG, so convert it first")
    #expect(
      fault(Array("RIFF1234WEBP".utf8))
        == "this is a WebP file; Lattice reads PNG and JPEG, so convert it first")
    #expect(
      fault(Array("hello".utf8)) == "this is neither PNG nor JPEG, going by its first bytes")
    #expect(
      fault([0x89, 0x50])
        == "the PNG data ends before the picture does, after 2 bytes; was it copied whole?")
  }

  @Test(arguments: ["rgb8.png", "orientation-1.jpg"])
  func everyTruncationIsAFault(name: String) throws {
    let whole = try bytes(name)
    #expect(fault(whole) == nil)
    // The last 12 bytes of a PNG are its end chunk, the last two of a JPEG its end marker.
    for count in 0..<(whole.count - 2) {
      #expect(fault(Array(whole.prefix(count))) != nil, "\(count) of \(whole.count) bytes")
    }
    let half = fault(Array(whole.prefix(whole.count / 2)))
    let format = name.hasSuffix("png") ? "PNG" : "JPEG"
    #expect(
      half
        == "the \(format) data ends before the picture does, after \(whole.count / 2) bytes; was it copied whole?"
    )
  }

  @Test func claimedSizesAreCheckedFirst() throws {
    let png = try bytes("rgb8.png")
    #expect(
      fault(png, maximumPixels: 511)
        == "the picture claims 32 x 16 pixels, more than the 511 that 'max_pixels' allows")
    #expect(fault(png, maximumPixels: 512) == nil)
  }

  /// A checksum fault in the header and in the pixels.
  @Test func damageIsNamed() throws {
    var header = try bytes("rgb8.png")
    header[17] ^= 1
    #expect(try #require(fault(header)).hasPrefix("the PNG data is damaged: "))
    var pixels = try bytes("rgb8.png")
    pixels[50] ^= 0xFF
    #expect(try #require(fault(pixels)).hasPrefix("the PNG data is damaged: "))
  }

  /// Random changes: a picture or a sentence, never a crash.
  @Test(arguments: [
    "rgb8.png", "palette-alpha.png", "interlaced.png", "progressive.jpg", "cmyk.jpg",
  ])
  func mutationsAreHarmless(name: String) throws {
    let whole = try bytes(name)
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var faults = 0
    for _ in 0..<400 {
      var changed = whole
      for _ in 0...next(4) { changed[next(changed.count)] = UInt8(next(256)) }
      if next(4) == 0 { changed.removeLast(next(changed.count)) }
      if let text = fault(changed) {
        faults += 1
        #expect(text.count > 15 && !text.contains("\0"))
      }
    }
    #expect(faults > 20)
  }
}
