import ImageCodecs
import StageSDK

/// A picture that is drawn on: rectangles and small letters.
struct Canvas {
  let width: Int
  let height: Int
  private(set) var rgb: [UInt8]

  /// An empty one.
  init(width: Int, height: Int, colour: (UInt8, UInt8, UInt8) = (255, 255, 255)) {
    self.width = width
    self.height = height
    rgb = []
    rgb.reserveCapacity(width * height * 3)
    for _ in 0..<(width * height) { rgb += [colour.0, colour.1, colour.2] }
  }

  /// Colours a pixel; one outside is left out.
  mutating func set(_ x: Int, _ y: Int, _ colour: (UInt8, UInt8, UInt8)) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let place = (y * width + x) * 3
    (rgb[place], rgb[place + 1], rgb[place + 2]) = colour
  }

  /// Fills a rectangle.
  mutating func fill(x: Range<Int>, y: Range<Int>, _ colour: (UInt8, UInt8, UInt8)) {
    for row in y { for column in x { set(column, row, colour) } }
  }

  /// Writes black letters; `x` and `y` are the upper left corner.
  mutating func write(_ text: String, x: Int, y: Int, scale: Int = 2) {
    for (index, letter) in text.uppercased().enumerated() {
      let left = x + index * PixelFont.advance * scale
      for (row, line) in PixelFont.rows(of: letter).enumerated() {
        for column in 0..<PixelFont.width where line >> (PixelFont.width - 1 - column) & 1 == 1 {
          let (startX, startY) = (left + column * scale, y + row * scale)
          fill(x: startX..<(startX + scale), y: startY..<(startY + scale), (0, 0, 0))
        }
      }
    }
  }

  /// Writes it as PNG.
  func write(to path: String) throws {
    let picture = Picture(width: width, height: height, rgb: rgb)
    do {
      try PictureEncoder.encode(picture, as: .png(bits: 8, .fast)) {
        try OutputBytes.write($0, to: path)
      }
    } catch let error as PictureError {
      throw StageError(.internal, error.description)
    }
  }
}
