import Foundation
import ImageCodecs
import Testing

/// PNG with wrong checksums, impossible sizes and chunks of others.
@Suite struct PNGDamageTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: Fixtures.path(name))))
  }

  private func decode(_ bytes: [UInt8]) throws -> (pixels: [UInt8], damage: String?) {
    let picture = try bytes.withUnsafeBytes {
      try PictureDecoder.decode($0, maximumPixels: 120_000_000)
    }
    return (Array(picture.bytes), picture.damage)
  }

  private func fault(_ bytes: [UInt8]) -> String? {
    do {
      _ = try decode(bytes)
      return nil
    } catch { return "\(error)" }
  }

  /// Without this chunk the picture would come out opaque.
  @Test func aWrongChecksumOfTransparencyIsAFault() throws {
    var file = try bytes("palette-alpha.png")
    let place = Chunks.place(of: "tRNS", in: file)
    file[place + 8] ^= 0xFF
    #expect(fault(file) == "the PNG data is damaged: tRNS: CRC error")
  }

  @Test func wrongChecksumsOfThePixelsAreFaults() throws {
    for (name, type) in [("rgb8.png", "IDAT"), ("palette.png", "PLTE"), ("rgb8.png", "IHDR")] {
      var file = try bytes(name)
      let place = Chunks.place(of: type, in: file)
      file[place + 8] ^= 0x01
      #expect(
        fault(file)?.hasPrefix("the PNG data is damaged: ") == true, "\(type)")
    }
  }

  /// What makes no pixels doesn't cost the picture, and is told.
  @Test func wrongChecksumsOfOtherChunksAreTold() throws {
    let file = try bytes("rgb8.png")
    var chunk = Chunks.chunk("gAMA", [0, 1, 0x86, 0xA0])
    chunk[11] ^= 1
    let (pixels, damage) = try decode(Chunks.inserting(chunk, before: "IDAT", in: file))
    #expect(try pixels == decode(file).pixels)
    #expect(damage == "the PNG data is damaged: gAMA: CRC error")
  }

  @Test(arguments: [
    (0x7FFF_FFFF as UInt32, 0x7FFF_FFFF as UInt32), (100_000, 100_000), (0x7FFF_FFFF, 1),
  ])
  func impossibleSizesAreSaidAsClaimed(width: UInt32, height: UInt32) throws {
    var file = try bytes("rgb8.png")
    let header = Chunks.chunk(
      "IHDR", Chunks.bigEndian(width) + Chunks.bigEndian(height) + [8, 6, 0, 0, 0])
    file.replaceSubrange(8..<33, with: header)
    #expect(
      fault(file)
        == "the picture claims \(width) x \(height) pixels, more than the 120000000 that 'max_pixels' allows"
    )
  }

  /// The still picture of an animated one.
  @Test func animatedOnesAreStill() throws {
    let file = try bytes("rgb8.png")
    let control = Chunks.chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])
    let frame = Chunks.chunk("fdAT", [0, 0, 0, 1, 1, 2, 3])
    let animated = Chunks.inserting(
      frame, before: "IEND", in: Chunks.inserting(control, before: "IDAT", in: file))
    let (pixels, damage) = try decode(animated)
    #expect(try pixels == decode(file).pixels && damage == nil)
  }
}
