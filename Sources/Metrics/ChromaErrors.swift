import Glibc

/// How much the colours of two pictures differ, their lightness left out.
///
/// Colours are compared in CIE L*a*b* under D65, by a and b alone, each of which spans about 255. Source: IEC 61966-2-1
/// for sRGB; CIE 15:2004, equations 8.3 to 8.5.
package enum ChromaErrors {
  /// Peak signal-to-noise ratio of a and b in decibels: 10 log10(255² / mean squared error); infinite for equal ones.
  ///
  /// - Parameters:
  ///   - picture: (pixels, 3), sRGB of 0...1.
  ///   - reference: As many.
  /// - Returns: Decibels.
  package static func peakSignalToNoise(
    of picture: UnsafeBufferPointer<Float>, to reference: UnsafeBufferPointer<Float>
  ) -> Double {
    precondition(picture.count == reference.count && picture.count.isMultiple(of: 3))
    var sum = 0.0
    for start in stride(from: 0, to: picture.count, by: 3) {
      let (a, b) = chroma(picture[start], picture[start + 1], picture[start + 2])
      let (c, d) = chroma(reference[start], reference[start + 1], reference[start + 2])
      sum += (a - c) * (a - c) + (b - d) * (b - d)
    }
    return 10 * log10(255 * 255 / (sum / Double(picture.count / 3 * 2)))
  }

  /// a and b of a colour.
  static func chroma(_ red: Float, _ green: Float, _ blue: Float) -> (Double, Double) {
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    let x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    let y = curve(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    let z = curve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
    return (500 * (x - y), 200 * (y - z))
  }

  private static func linear(_ value: Float) -> Double {
    let value = Double(value)
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private static func curve(_ value: Double) -> Double {
    let edge = 6.0 / 29
    return value > edge * edge * edge ? cbrt(value) : value / (3 * edge * edge) + 4.0 / 29
  }
}
