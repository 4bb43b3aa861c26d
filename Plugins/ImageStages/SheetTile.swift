import ImageCodecs

/// A small copy, or two side by side, as it lies in a contact sheet.
struct SheetTile: Sendable {
  let width: Int
  let height: Int
  /// Row by row.
  let rgb: [UInt8]

  /// Pixels of a line of letters and the space around it.
  private static let lineHeight = PixelFont.height + 4

  /// With a line of black letters below, cut off at the tile's width.
  func captioned(_ text: String) -> SheetTile {
    var rgb = rgb + [UInt8](repeating: 255, count: width * Self.lineHeight * 3)
    for (index, letter) in text.uppercased().enumerated() {
      let left = 1 + index * PixelFont.advance
      guard left + PixelFont.width <= width else { break }
      for (row, line) in PixelFont.rows(of: letter).enumerated() {
        for column in 0..<PixelFont.width where line >> (PixelFont.width - 1 - column) & 1 == 1 {
          let place = ((height + 2 + row) * width + left + column) * 3
          rgb.replaceSubrange(place..<(place + 3), with: [0, 0, 0])
        }
      }
    }
    return SheetTile(width: width, height: height + Self.lineHeight, rgb: rgb)
  }
}
