import StageSDK

/// A part of a picture: left, top, width and height as shares of its sides.
struct PictureBox: Sendable {
  let left, top, width, height: Double

  /// Takes a spec's four numbers; nil for none of them.
  ///
  /// - Throws: ``StageError`` with code `config` when there is another number of them, or the box is empty.
  init?(_ shares: [Double]) throws {
    guard !shares.isEmpty else { return nil }
    guard shares.count == 4, shares[2] > 0, shares[3] > 0 else {
      throw StageError(
        .config, "'box' is four numbers: left, top, width and height, the last two above 0",
        parameter: "box")
    }
    (left, top, width, height) = (shares[0], shares[1], shares[2], shares[3])
  }

  /// Pixels across, of a picture so wide: at least one, and none outside.
  func columns(of pixels: Int) -> Range<Int> { Self.range(left, width, pixels) }

  /// Pixels down, of a picture so high.
  func rows(of pixels: Int) -> Range<Int> { Self.range(top, height, pixels) }

  private static func range(_ start: Double, _ length: Double, _ pixels: Int) -> Range<Int> {
    let low = min(pixels - 1, Int((start * Double(pixels)).rounded()))
    let high = min(pixels, Int(((start + length) * Double(pixels)).rounded()))
    return low..<max(low + 1, high)
  }

  /// The part of a picture of shape (height, width, channels), row by row.
  func cut(
    _ picture: UnsafeBufferPointer<Float>, height: Int, width: Int, channels: Int
  ) -> [Float] {
    let columns = columns(of: width)
    return rows(of: height).flatMap { y in
      picture[
        ((y * width + columns.lowerBound) * channels)..<((y * width + columns.upperBound) * channels)
      ]
    }
  }
}
