import Foundation
import ImageCodecs
import Testing

/// Pictures whose data is damaged: what is shown of them, and that it is told.
@Suite struct DamageTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: Fixtures.path(name))))
  }

  private func decode(_ bytes: [UInt8]) throws -> (pixels: [UInt8], damage: String?) {
    let picture = try bytes.withUnsafeBytes {
      try PictureDecoder.decode($0, maximumPixels: 1 << 20)
    }
    return (Array(picture.bytes), picture.damage)
  }

  private func fault(_ bytes: [UInt8]) -> String? {
    do {
      _ = try decode(bytes)
      return nil
    } catch { return "\(error)" }
  }

  /// Where marker bytes stand.
  private func places(_ marker: UInt8, _ bytes: [UInt8]) -> [Int] {
    bytes.indices.dropLast().filter { bytes[$0] == 0xFF && bytes[$0 + 1] == marker }
  }

  @Test(arguments: [
    "progressive.jpg", "restarts.jpg", "scans.jpg", "gray.jpg", "cmyk.jpg", "rgb8.png",
    "palette-alpha.png", "interlaced.png",
  ])
  func soundDataIsSound(name: String) throws {
    #expect(try decode(bytes(name)).damage == nil)
  }

  /// A whole picture without its end marker, alone or before the data of a phone's maker.
  @Test(arguments: ["restarts.jpg", "scans.jpg", "progressive.jpg", "orientation-1.jpg"])
  func theEndMarkerIsNotNeeded(name: String) throws {
    let whole = try bytes(name)
    let pixels = try decode(whole).pixels
    let open = Array(whole.dropLast(2))
    for trailer in [
      [], Array("SEFT trailer".utf8), [UInt8](repeating: 0, count: 300),
      Array("x".utf8) + [0xFF, 0xD8, 0xFF, 0xE0], [0xFF, 0x02, 0, 9, 1],
    ] {
      let (found, damage) = try decode(open + trailer)
      #expect(found == pixels, "\(trailer)")
      #expect(damage?.hasPrefix("the JPEG data is damaged: ") == true, "\(damage ?? "none")")
    }
    #expect(try decode(open).damage == "the JPEG data is damaged: there is no end marker")
    #expect(try decode(whole + [1, 2, 3]).damage == nil)
  }

  /// Lost restart markers cost rows, not the picture.
  @Test(arguments: [[0], [1], [2], [0, 1], [0, 1, 2]])
  func lostRestartMarkersAreTold(lost: [Int]) throws {
    let whole = try bytes("restarts.jpg")
    let markers = places(0xD0, whole) + places(0xD1, whole) + places(0xD2, whole)
    #expect(markers.count == 3)
    var changed = whole
    for index in lost.reversed() { changed.removeSubrange(markers[index]..<(markers[index] + 2)) }
    let (pixels, damage) = try decode(changed)
    #expect(pixels.count == 64 * 64 * 3)
    #expect(
      damage?.hasPrefix("the JPEG data is damaged: Corrupt JPEG data: ") == true,
      "\(damage ?? "none")")
  }

  /// A hole in the data with the end marker in its place: not "ends early".
  @Test func aHoleIsDamageAndNoEarlyEnd() throws {
    let whole = try bytes("restarts.jpg")
    let (pixels, damage) = try decode(Array(whole[..<(whole.count - 100)] + [0xFF, 0xD9]))
    #expect(pixels.count == 64 * 64 * 3)
    #expect(
      damage?.contains("Corrupt JPEG data: premature end of data segment") == true,
      "\(damage ?? "none")")
  }

  /// Every cut gives the pixels of the whole picture or the sentence that bytes are missing.
  @Test(arguments: ["restarts.jpg", "scans.jpg", "progressive.jpg"])
  func cutsAreEarlyEnds(name: String) throws {
    let whole = try bytes(name)
    let pixels = try decode(whole).pixels
    for count in stride(from: 3, to: whole.count - 2, by: 1) {
      let part = Array(whole.prefix(count))
      if let text = fault(part) {
        #expect(
          text
            == "the JPEG data ends before the picture does, after \(count) bytes; was it copied whole?"
        )
        #expect(count < whole.count - 2)
      } else {
        #expect(try decode(part).pixels == pixels && count > whole.count - 12, "\(count) bytes")
      }
    }
  }

  @Test func kindsOfJPEGThatAreNotReadAreNamed() throws {
    let whole = try bytes("restarts.jpg")
    let frame = try #require(places(0xC0, whole).first)
    var twelve = whole
    twelve[frame + 4] = 12
    #expect(
      fault(twelve)
        == "this kind of JPEG is not read: Unsupported JPEG data precision 12; save it as PNG, or as baseline or progressive JPEG of 8 bits"
    )
    var lossless = whole
    lossless[frame + 1] = 0xC3
    #expect(
      fault(lossless)
        == "this kind of JPEG is not read: Unsupported JPEG process: SOF type 0xc3; save it as PNG, or as baseline or progressive JPEG of 8 bits"
    )
    var wide = whole
    (wide[frame + 7], wide[frame + 8]) = (0xFF, 0xFF)
    (wide[frame + 5], wide[frame + 6]) = (0, 8)
    #expect(
      fault(wide)
        == "the picture claims 65535 x 8 pixels, and JPEG of such long sides is not read")
  }
}
