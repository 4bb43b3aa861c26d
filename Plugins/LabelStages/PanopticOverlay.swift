import ImageCodecs
/// Segments in colours over a picture, with dark edges between them and a legend beside.
struct PanopticOverlay {
  private let segments: LabelSegments
  private let names: CategoryNames

  init(_ segments: LabelSegments, names: CategoryNames) {
    self.segments = segments
    self.names = names
  }

  /// Draws it.
  ///
  /// - Parameters:
  ///   - pixels: The picture, (height, width, 3) of 0...1; nil draws on grey.
  ///   - width: Of the labels.
  ///   - height: Likewise.
  /// - Returns: The overlay; small pictures are enlarged, so that the legend can be read.
  func canvas(over pixels: UnsafeBufferPointer<Float>?, width: Int, height: Int) -> Canvas {
    let zoom = max(1, 192 / max(1, width, height))
    let categories = Set(segments.segments.map(\.category)).sorted()
    let legend = (categories.map { name($0).count }.max() ?? 0) * PixelFont.advance * 2 + 24
    var canvas = Canvas(
      width: width * zoom + legend, height: max(height * zoom, categories.count * 16 + 6))
    for y in 0..<(height * zoom) {
      for x in 0..<(width * zoom) {
        let pixel = y / zoom * width + x / zoom
        canvas.set(x, y, colour(pixel, pixels, isEdge: isEdge(x, y, zoom, width, height)))
      }
    }
    for (row, category) in categories.enumerated() {
      let (x, y) = (width * zoom + 6, 4 + row * 16)
      canvas.fill(x: x..<(x + 12), y: y..<(y + 12), Self.colour(of: category, number: 0))
      canvas.write(name(category), x: x + 16, y: y + 1)
    }
    return canvas
  }

  private func name(_ category: Int32) -> String { names.name(Int(category)) }

  private func isEdge(_ x: Int, _ y: Int, _ zoom: Int, _ width: Int, _ height: Int) -> Bool {
    func segment(_ x: Int, _ y: Int) -> Int? { segments.pixels[y / zoom * width + x / zoom] }
    let here = segment(x, y)
    return (x + 1 < width * zoom && segment(x + 1, y) != here)
      || (y + 1 < height * zoom && segment(x, y + 1) != here)
  }

  private func colour(
    _ pixel: Int, _ pixels: UnsafeBufferPointer<Float>?, isEdge: Bool
  ) -> (UInt8, UInt8, UInt8) {
    func channel(_ index: Int, _ tint: UInt8?) -> UInt8 {
      let base = pixels.map { max(0, min(1, $0[3 * pixel + index])) } ?? 0.5
      guard let tint else { return UInt8(base * 255 + 0.5) }
      let mixed = 0.45 * base * 255 + 0.55 * Float(tint)
      return UInt8((isEdge ? mixed * 0.3 : mixed) + 0.5)
    }
    let tint = segments.pixels[pixel].map { place in
      Self.colour(of: segments.segments[place].category, number: segments.segments[place].number)
    }
    return (channel(0, tint?.0), channel(1, tint?.1), channel(2, tint?.2))
  }

  /// A hue for each category, by the golden ratio so that neighbours differ; a shade for each of its segments.
  private static func colour(of category: Int32, number: Int32) -> (UInt8, UInt8, UInt8) {
    let hue = Double(category) * 0.618034
    let shade = 1 - 0.09 * Double(number.magnitude % 5)
    func channel(_ offset: Double) -> UInt8 {
      let turned = hue + offset - (hue + offset).rounded(.down)
      let ramp = max(0, min(1, abs(6 * turned - 3) - 1))
      return UInt8(255 * shade * (0.25 + 0.75 * ramp))
    }
    return (channel(0), channel(2.0 / 3), channel(1.0 / 3))
  }
}
