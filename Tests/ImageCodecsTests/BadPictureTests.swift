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
    let convert = "; Lattice reads PNG and JPEG, so convert it first"
    for (start, name) in Self.foreign {
      #expect(fault(start + [1, 2, 3, 4]) == "this is \(name) file\(convert)", "\(name)")
    }
    #expect(
      fault(Array("hello".utf8)) == "this is neither PNG nor JPEG, going by its first bytes")
    #expect(
      fault([UInt8](repeating: 0, count: 64)) == "the file starts with zeros; was it copied whole?")
    #expect(
      fault(
        Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".utf8))
        == "this is a pointer of Git LFS, not the picture itself; 'git lfs pull' fetches the pictures"
    )
    for page in ["<!DOCTYPE html>\n<html>", "\u{FEFF}\r\n  <HTML lang=en>", "<head>"] {
      #expect(
        fault(Array(page.utf8))
          == "this is an HTML page, not a picture; was it downloaded from an address that asks to log in?"
      )
    }
    #expect(
      fault([0x00, 0x05, 0x16, 0x07, 0, 2, 0, 0])
        == "this is an AppleDouble file, which macOS keeps beside the picture itself; leave out names that start with '._'"
    )
    for start in ["\nPNG\n\u{1A}\n", "\nPNG\r\r\n\u{1A}"] {
      #expect(
        fault([0x89] + Array(start.utf8.dropFirst()) + [0, 0, 0, 13])
          == "this PNG was sent as text, which changed its line ends; copy it again as binary")
    }
    #expect(
      fault([0x89, 0x50])
        == "the PNG data ends before the picture does, after 2 bytes; was it copied whole?")
  }

  /// Files of ISO's boxes by their brand.
  private static func box(_ brand: String, _ more: String...) -> [UInt8] {
    [0, 0, 0, UInt8(16 + 4 * more.count)] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0]
      + more.flatMap { Array($0.utf8) }
  }

  private static let foreign: [([UInt8], String)] = heic + boxes + texts + starts

  private static let heic: [([UInt8], String)] = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "msf1", "mif1",
  ].map { (box($0), "a HEIC") }

  private static let boxes: [([UInt8], String)] = [
    (box("mif1", "miaf", "avif"), "an AVIF"), (box("avif"), "an AVIF"), (box("avis"), "an AVIF"),
    (box("mif1", "heic"), "a HEIC"), (box("isom", "mp42"), "an MP4 or QuickTime"),
    (box("qt  "), "an MP4 or QuickTime"), (box("crx "), "a camera raw"),
  ]

  private static let texts: [([UInt8], String)] = [
    ("GIF89a", "a GIF"), ("RIFF1234WEBP", "a WebP"), ("%PDF-1.7", "a PDF"), ("BM", "a BMP"),
    ("8BPS", "a Photoshop"), ("qoif", "a QOI"), ("P6\n32 16 255\n", "a Netpbm (PPM, PGM or PBM)"),
    ("<svg xmlns=", "an SVG or XML"), ("\n<?xml ?>", "an SVG or XML"), ("PK\u{3}\u{4}", "a ZIP"),
  ].map { (Array($0.0.utf8), $0.1) }

  private static let starts: [([UInt8], String)] = [
    ([0x49, 0x49, 0x2A, 0x00], "a TIFF"), ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF"),
    ([0x49, 0x49, 0x2B, 0x00], "a TIFF"), ([0x1F, 0x8B], "a gzip"), ([0xFF, 0x0A], "a JPEG XL"),
    ([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A], "a JPEG 2000"),
    ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR"), ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy"),
  ]

  @Test(arguments: ["rgb8.png"])
  func everyTruncationIsAFault(name: String) throws {
    let whole = try bytes(name)
    #expect(fault(whole) == nil)
    // The last 12 bytes of a PNG are its end chunk.
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
