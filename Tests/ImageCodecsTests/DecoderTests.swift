import ImageCodecs
import Testing

/// Every kind of PNG and JPEG that people have.
@Suite struct DecoderTests {
  private let fields: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]

  @Test(arguments: ["rgb8.png", "palette.png", "interlaced.png", "rgb16.png"])
  func colourPNGsAreExact(name: String) throws {
    let picture = try Fixtures.decode(name)
    #expect([picture.width, picture.height] == [32, 16])
    #expect(picture.bits == (name == "rgb16.png" ? 16 : 8))
    #expect(Fixtures.fields(picture) == fields)
  }

  @Test(arguments: 1...8)
  func jpegsAreUpright(orientation: Int) throws {
    let picture = try Fixtures.decode("orientation-\(orientation).jpg")
    #expect([picture.width, picture.height] == [32, 16])
    expectClose(Fixtures.fields(picture), fields, 0.03)
  }

  @Test func progressiveAndCMYKJPEGs() throws {
    expectClose(Fixtures.fields(try Fixtures.decode("progressive.jpg")), fields, 0.03)
    expectClose(Fixtures.fields(try Fixtures.decode("cmyk.jpg")), fields, 0.06)
  }

  @Test func greys() throws {
    let eight = Fixtures.pixels(try Fixtures.decode("gray8.png"), channels: 1)
    #expect(eight[0] == 0 && eight[31] == 200 * (1 / Float(255)))
    let one = Fixtures.pixels(try Fixtures.decode("gray1.png"), channels: 1)
    #expect(one[0] == 1 && one[31] == 0)
    let sixteen = try Fixtures.decode("gray16.png")
    #expect(sixteen.bits == 16 && sixteen.channels == 1)
    let pixels = Fixtures.pixels(sixteen, channels: 1)
    #expect(pixels[5 * 32 + 3] == Float(3 * 2048 + 5) * (1 / Float(65_535)))
    let jpeg = Fixtures.pixels(try Fixtures.decode("gray.jpg"), channels: 3)
    #expect(abs(jpeg[31 * 3] - 200.0 / 255) < 0.03 && jpeg[31 * 3] == jpeg[31 * 3 + 2])
  }

  @Test func transparencyShowsTheBackground() throws {
    let palette = Fixtures.fields(try Fixtures.decode("palette-alpha.png"), background: 0)
    #expect(palette == [[0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    let half = Fixtures.fields(try Fixtures.decode("rgb-alpha.png"), background: 0)
    #expect(half[3] == [Float](repeating: 128 * (1 / Float(255)), count: 3))
    let grey = Fixtures.pixels(try Fixtures.decode("gray-alpha.png"), channels: 1)
    #expect(grey[0] == 100 * (1 / Float(255)) && grey[31] == 1)
  }

  private func expectClose(_ ours: [[Float]], _ theirs: [[Float]], _ tolerance: Float) {
    let worst = zip(ours.joined(), theirs.joined()).map { abs($0 - $1) }.max() ?? 9
    #expect(worst <= tolerance, "\(ours)")
  }
}
