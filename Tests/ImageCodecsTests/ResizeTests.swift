import CKernels
import ImageCodecs
import Testing

/// Resizing against Pillow 13's float mode, and the fast kernels against the plain ones.
@Suite struct ResizeTests {
  /// 12 x 9, the picture the numbers below were computed for.
  private let source: Picture = {
    var values: [Float] = []
    for y in 0..<9 {
      for x in 0..<12 {
        let sample = (x * 37 + y * 61) % 251
        values.append(Float(sample) / 255)
      }
    }
    return values.withUnsafeBufferPointer { Picture(pixels: $0, width: 12, height: 9, channels: 1) }
  }()

  private func resized(_ placement: PictureFit.Placement, _ filter: ResizeFilter) -> [Float] {
    let resizer = PictureResizer(
      width: 12, height: 9, placement: placement, channels: 1, filter: filter, background: 0.5)
    var pixels = [Float](repeating: -1, count: placement.width * placement.height)
    pixels.withUnsafeMutableBufferPointer { resizer.resize(source, into: $0) }
    return pixels
  }

  struct Expected: CustomTestStringConvertible, Sendable {
    let filter: ResizeFilter
    let down: [Float]
    let sums: [Float]
    var testDescription: String { filter.rawValue }
  }

  static let pillow = [
    Expected(
      filter: .box, down: [0.192156866, 0.5549019575, 0.6715686321, 0.2960784435],
      sums: [9.8851861954, 94.6980438232, 9.9264698029]),
    Expected(
      filter: .bilinear, down: [0.3316974938, 0.5815240145, 0.5297018886, 0.3909053802],
      sums: [9.8274335861, 90.6838684082, 9.7946538925]),
    Expected(
      filter: .bicubic, down: [0.3002568483, 0.6113572121, 0.5377469659, 0.360453546],
      sums: [9.8277378082, 91.2540054321, 9.8107967377]),
    Expected(
      filter: .lanczos, down: [0.2923927009, 0.6409439445, 0.516664982, 0.3631336093],
      sums: [9.8563728333, 91.1410446167, 9.8423900604]),
    Expected(
      filter: .nearest, down: [0.3843137324, 0.6745098233, 0.1254902035, 0.4156862795],
      sums: [9.7960786819, 94.6980438232, 10.2000007629]),
  ]

  /// Within 2e-6 a pixel; up-sampling sums over 187 pixels.
  @Test(arguments: pillow) func equalsPillow(expected: Expected) {
    let stretch = PictureFit.stretch
    let down = resized(stretch.place(width: 12, height: 9, into: 5, 4), expected.filter)
    #expect(zip(down, expected.down).allSatisfy { abs($0 - $1) < 2e-6 }, "\(down)")
    #expect(abs(down.reduce(0, +) - expected.sums[0]) < 4e-5)
    let up = resized(stretch.place(width: 12, height: 9, into: 17, 11), expected.filter)
    #expect(abs(up.reduce(0, +) - expected.sums[1]) < 4e-4)
    let part = PictureFit.Placement(
      sourceX: 1.5..<10.25, sourceY: 0.5..<8, width: 5, height: 4, x: 0..<5, y: 0..<4)
    #expect(abs(resized(part, expected.filter).reduce(0, +) - expected.sums[2]) < 4e-5)
  }

  @Test func placements() {
    let crop = PictureFit.crop.place(width: 768, height: 512, into: 256, 256)
    #expect(crop.sourceX == 128..<640 && crop.sourceY == 0..<512)
    let pad = PictureFit.pad.place(width: 768, height: 512, into: 256, 256)
    #expect(pad.x == 0..<256 && pad.y == 42..<213 && pad.height == 256)
    let inside = PictureFit.inside.place(width: 768, height: 512, into: 256, 256)
    #expect(inside.width == 256 && inside.height == 171 && inside.y == 0..<171)
    let thin = PictureFit.inside.place(width: 4000, height: 2, into: 100, 100)
    #expect(thin.width == 100 && thin.height == 1)
  }

  @Test func paddingIsBackground() {
    let placement = PictureFit.pad.place(width: 12, height: 9, into: 12, 12)
    let pixels = resized(placement, .bicubic)
    #expect(
      pixels[0..<12].allSatisfy { $0 == 0.5 } && pixels[(11 * 12)...].allSatisfy { $0 == 0.5 })
    #expect(placement.y == 1..<10)
    #expect(pixels[13] == Float(37) * (1 / Float(255)))
  }

  @Test(arguments: [1, 63, 64, 65, 200]) func kernelsEqualThePlainOnes(count: Int) {
    let stride = count + 3
    let bytes = (0..<(stride * 7)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let words = bytes.map { UInt16($0) * 257 }
    let weights: [Float] = [0.1, -0.05, 0.4, 0.3, 0.2, 0.15, -0.1]
    var fast = [Float](repeating: 0, count: count)
    var plain = fast
    lattice_resize_row_u8(bytes, Int64(stride), weights, 7, 1 / 255, &fast, Int64(count))
    lattice_resize_row_u8_ref(bytes, Int64(stride), weights, 7, 1 / 255, &plain, Int64(count))
    #expect(fast == plain)
    lattice_resize_row_u16(words, Int64(stride), weights, 7, 1 / 65_535, &fast, Int64(count))
    lattice_resize_row_u16_ref(words, Int64(stride), weights, 7, 1 / 65_535, &plain, Int64(count))
    #expect(fast == plain)
    let first = (0..<count).map { Int32($0 / 2) }
    let taps = (0..<(count * 3)).map { Float($0 % 5) / 4 - 0.3 }
    for channels in 1...4 {
      let row = (0..<((count + 4) * channels)).map { Float($0 % 17) / 16 }
      var ours = [Float](repeating: 0, count: count * channels)
      var theirs = ours
      lattice_resize_columns_f32(row, first, taps, 3, &ours, Int64(count), Int64(channels))
      lattice_resize_columns_f32_ref(row, first, taps, 3, &theirs, Int64(count), Int64(channels))
      #expect(ours == theirs)
    }
  }

  @Test func pixelKernelsEqualThePlainOnes() {
    let values = (0..<1_001).map { Float($0) / 700 - 0.2 } + [.nan, .infinity, -.infinity]
    var fast = [UInt8](repeating: 1, count: values.count)
    var plain = fast
    lattice_pixels_to_u8(values, &fast, Int64(values.count))
    lattice_pixels_to_u8_ref(values, &plain, Int64(values.count))
    #expect(fast == plain)
    var fast16 = [UInt16](repeating: 1, count: values.count)
    var plain16 = fast16
    lattice_pixels_to_u16(values, &fast16, Int64(values.count))
    lattice_pixels_to_u16_ref(values, &plain16, Int64(values.count))
    #expect(fast16 == plain16)
    var luma = [Float](repeating: 0, count: 333)
    var plainLuma = luma
    lattice_pixels_luma(values, &luma, 333)
    lattice_pixels_luma_ref(values, &plainLuma, 333)
    #expect(luma == plainLuma)
  }
}
