import Foundation
import ImageCodecs
import Testing

/// How a camera was held, however a program stored it.
@Suite struct OrientationTests {
  /// A TIFF structure whose one directory has a tag before the orientation's.
  static func tiff(
    _ value: Int, type: Int, size: Int, isLittle: Bool, count: Int = 1, prefix: [UInt8] = []
  ) -> [UInt8] {
    func number(_ number: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * (isLittle ? $0 : size - 1 - $0))) }
    }
    let other = number(0x0100, 2) + number(4, 2) + number(1, 4) + number(32, 4)
    var tag = number(0x0112, 2) + number(type, 2) + number(count, 4)
    var rest: [UInt8] = []
    if count * size <= 4 {
      tag += number(value, size) + [UInt8](repeating: 0, count: 4 - size)
    } else {
      tag += number(8 + 2 + 24 + 4, 4)
      rest = (0..<count).flatMap { number($0 == 0 ? value : 0, size) }
    }
    return prefix + Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
      + number(2, 2) + other + tag + number(0, 4) + rest
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: Fixtures.path(name))))
  }

  private func fields(_ file: [UInt8]) throws -> [[Float]] {
    let picture = try file.withUnsafeBytes {
      try PictureDecoder.decode($0, maximumPixels: 1 << 20)
    }
    return Fixtures.fields(picture)
  }

  /// A JPEG without EXIF, with a segment of it.
  private func jpeg(_ exif: [UInt8], header: String = "Exif\0\0") throws -> [UInt8] {
    let file = try bytes("progressive.jpg")
    let content = Array(header.utf8) + exif
    let length = content.count + 2
    return Array(file[..<2]) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + content
      + file[2...]
  }

  private func isHeadDown(_ file: [UInt8]) throws -> Bool {
    let upright: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]
    let found = try fields(file)
    func isClose(_ to: [[Float]]) -> Bool {
      zip(found.joined(), to.joined()).allSatisfy { abs($0 - $1) < 0.06 }
    }
    #expect(isClose(upright) != isClose(upright.reversed()), "\(found)")
    return isClose(upright.reversed())
  }

  /// BYTE, SHORT, LONG, SBYTE, SSHORT, SLONG and IFD; the types of fractions and texts are no numbers of 1...8.
  @Test(
    arguments: [(1, 1), (3, 2), (4, 4), (6, 1), (8, 2), (9, 4), (13, 4)], [true, false])
  func wholeNumbersOfAnyTypeAndOrder(type: (Int, Int), isLittle: Bool) throws {
    let tiff = Self.tiff(3, type: type.0, size: type.1, isLittle: isLittle)
    #expect(try isHeadDown(jpeg(tiff)))
    let many = Self.tiff(3, type: type.0, size: type.1, isLittle: isLittle, count: 5)
    #expect(try isHeadDown(jpeg(many)))
    let png = try bytes("rgb8.png")
    for place in ["IDAT", "IEND"] {
      let chunk = Chunks.chunk("eXIf", tiff)
      #expect(try isHeadDown(Chunks.inserting(chunk, before: place, in: png)), "before \(place)")
    }
  }

  @Test(arguments: [true, false])
  func whatIsNoOrientationIsAsStored(isLittle: Bool) throws {
    for (value, type, size) in [(3, 2, 1), (3, 5, 4), (3, 11, 4), (0, 3, 2), (9, 3, 2), (-3, 9, 4)]
    {
      let tiff = Self.tiff(value, type: type, size: size, isLittle: isLittle)
      #expect(try !isHeadDown(jpeg(tiff)), "\(value) of type \(type)")
    }
    #expect(try !isHeadDown(jpeg(Self.tiff(3, type: 3, size: 2, isLittle: isLittle, count: 0))))
    let cut = Self.tiff(3, type: 3, size: 2, isLittle: isLittle).prefix(28)
    #expect(try !isHeadDown(jpeg(Array(cut))))
  }

  /// A segment of XMP before it, another byte after its name, and the header of JPEG's segment within PNG's chunk.
  @Test func oddWrappings() throws {
    let tiff = Self.tiff(3, type: 3, size: 2, isLittle: true)
    #expect(try isHeadDown(jpeg(tiff, header: "Exif\0\u{1}")))
    let twice = try jpeg(tiff)
    let xmp = Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8)
    let segment = [0xFF, 0xE1, 0, UInt8(xmp.count + 2)] + xmp
    #expect(try isHeadDown(Array(twice[..<2]) + segment + twice[2...]))
    let chunk = Chunks.chunk("eXIf", Array("Exif\0\0".utf8) + tiff)
    #expect(try isHeadDown(Chunks.inserting(chunk, before: "IDAT", in: bytes("rgb8.png"))))
  }

  @Test func aWrongChecksumOfEXIFIsTold() throws {
    var chunk = Chunks.chunk("eXIf", Self.tiff(3, type: 3, size: 2, isLittle: true))
    chunk[chunk.count - 1] ^= 1
    let file = Chunks.inserting(chunk, before: "IDAT", in: try bytes("rgb8.png"))
    #expect(try !isHeadDown(file))
    let picture = try file.withUnsafeBytes {
      try PictureDecoder.decode($0, maximumPixels: 1 << 20)
    }
    #expect(
      picture.damage
        == "the PNG data is damaged: eXIf: CRC error, so its orientation is left out")
  }
}
