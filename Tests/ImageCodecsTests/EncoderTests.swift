import ImageCodecs
import Testing

/// What is written can be read again.
@Suite struct EncoderTests {
  private static func gradient(_ channels: Int) -> [Float] {
    (0..<(24 * 40 * channels)).map { Float($0 % 251) / 250 }
  }

  private func roundTrip(_ picture: Picture, _ encoding: PictureEncoder.Encoding) throws -> Picture
  {
    try PictureEncoder.encode(picture, as: encoding) {
      try PictureDecoder.decode($0, maximumPixels: 1 << 20)
    }
  }

  @Test(arguments: [1, 3, 4], PictureEncoder.Compression.allCases)
  func pngIsLossless(channels: Int, compression: PictureEncoder.Compression) throws {
    let pixels = Self.gradient(channels)
    for bits in [8, 16] {
      let picture = pixels.withUnsafeBufferPointer {
        Picture(pixels: $0, width: 40, height: 24, channels: channels, bits: bits)
      }
      let back = try roundTrip(picture, .png(bits: bits, compression))
      #expect(back.channels == channels && back.bits == bits)
      #expect(Array(back.bytes) == Array(picture.bytes))
    }
  }

  @Test func jpegIsClose() throws {
    let smooth = (0..<(64 * 64)).map { Float($0 % 64) / 63 }
    let picture = smooth.withUnsafeBufferPointer {
      Picture(pixels: $0, width: 64, height: 64, channels: 1)
    }
    let back = try roundTrip(picture, .jpeg(quality: 95))
    let worst = zip(back.bytes, picture.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(worst <= 6)
  }

  /// Codes made for a picture make its file smaller and change none of its pixels.
  @Test(arguments: [10, 50, 95]) func anOptimisedJPEGIsTheSamePicture(quality: Int) throws {
    let picture = Self.gradient(3).withUnsafeBufferPointer {
      Picture(pixels: $0, width: 40, height: 24, channels: 3)
    }
    let plain = PictureEncoder.Encoding.jpeg(quality: quality)
    let small = PictureEncoder.Encoding.jpeg(quality: quality, isOptimized: true)
    #expect(
      try PictureEncoder.encode(picture, as: small) { $0.count }
        < PictureEncoder.encode(picture, as: plain) { $0.count })
    let (first, second) = (try roundTrip(picture, small), try roundTrip(picture, plain))
    withExtendedLifetime((first, second)) {
      #expect(Array(first.bytes) == Array(second.bytes))
    }
  }

  /// Rounding is to the nearest, ties to even; what is no number is black.
  @Test func samplesAreRounded() throws {
    let values: [Float] = [0, 0.5 / 255, 1.5 / 255, 0.499 / 255, 1, 2, -1, .nan, .infinity]
    let picture = values.withUnsafeBufferPointer {
      Picture(pixels: $0, width: 9, height: 1, channels: 1)
    }
    #expect(Array(picture.bytes) == [0, 0, 2, 0, 255, 255, 0, 0, 255])
  }

  @Test func sameBytesEachTime() throws {
    let pixels = Self.gradient(3)
    let picture = pixels.withUnsafeBufferPointer {
      Picture(pixels: $0, width: 40, height: 24, channels: 3)
    }
    let first = try PictureEncoder.encode(picture, as: .png(bits: 8, .fast)) { Array($0) }
    let second = try PictureEncoder.encode(picture, as: .png(bits: 8, .fast)) { Array($0) }
    #expect(first == second)
  }

  /// Against matplotlib's tables.
  @Test func colormaps() {
    let expected: [(Colormap, Float, [Float])] = [
      (.viridis, 0, [0.267, 0.005, 0.329]), (.viridis, 0.5, [0.128, 0.567, 0.551]),
      (.viridis, 1, [0.993, 0.906, 0.144]), (.turbo, 0, [0.190, 0.072, 0.232]),
      (.turbo, 0.5, [0.644, 0.990, 0.234]), (.turbo, 1, [0.480, 0.016, 0.011]),
    ]
    for (map, value, colour) in expected {
      let (red, green, blue) = map.colour(value)
      #expect(
        zip([red, green, blue], colour).allSatisfy { abs($0 - $1) < 0.004 }, "\(map) \(value)")
    }
    #expect(Colormap.gray.colour(.nan) == (0, 0, 0))
  }
}
