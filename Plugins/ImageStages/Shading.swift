import ImageCodecs

/// Turns numbers into what is seen: a range, then colours.
struct Shading {
  /// The values for black and white; nil takes each picture's own.
  let range: [Float]?
  let colormap: Colormap

  /// Shades one picture of shape (height, width, channels).
  func picture(
    of values: UnsafeBufferPointer<Float>, height: Int, width: Int, channels: Int, bits: Int
  ) -> Picture {
    let isColoured = colormap != .none && channels == 1
    let (low, high) = range.map { ($0[0], $0[1]) } ?? Self.extremes(values)
    if !isColoured && low == 0 && high == 1 {
      return Picture(pixels: values, width: width, height: height, channels: channels, bits: bits)
    }
    let scale = high == low ? 0 : 1 / (high - low)
    let channelsOut = isColoured ? 3 : channels
    return withUnsafeTemporaryAllocation(
      of: Float.self, capacity: values.count / channels * channelsOut
    ) { shaded in
      for (index, value) in values.enumerated() {
        let level = (value - low) * scale
        if isColoured {
          let (red, green, blue) = colormap.colour(level)
          shaded[index * 3] = red
          shaded[index * 3 + 1] = green
          shaded[index * 3 + 2] = blue
        } else {
          shaded[index] = level
        }
      }
      return Picture(
        pixels: UnsafeBufferPointer(shaded), width: width, height: height, channels: channelsOut,
        bits: bits)
    }
  }

  private static func extremes(_ values: UnsafeBufferPointer<Float>) -> (Float, Float) {
    let finite = values.lazy.filter(\.isFinite)
    return (finite.min() ?? 0, finite.max() ?? 1)
  }
}
