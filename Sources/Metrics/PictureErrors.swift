import CKernels
import Glibc

/// How much two pictures differ, value by value.
package struct PictureErrors: Hashable, Sendable {
  /// The mean of |a - b|, 0 for equal pictures, at most 1 for values of 0...1.
  package let meanAbsolute: Double
  /// The mean of (a - b)².
  package let meanSquared: Double

  /// Peak signal-to-noise ratio in decibels for values of 0...1: 10 log10(1 / mean squared error); infinite for equal
  /// pictures.
  package var peakSignalToNoise: Double { Self.peakSignalToNoise(meanSquared: meanSquared) }

  /// Decibels of a mean squared error of values of 0...1.
  package static func peakSignalToNoise(meanSquared: Double) -> Double { -10 * log10(meanSquared) }

  /// Compares two pictures.
  ///
  /// - Parameters:
  ///   - picture: Values of 0...1, at least one.
  ///   - reference: As many.
  package init(of picture: UnsafeBufferPointer<Float>, to reference: UnsafeBufferPointer<Float>) {
    precondition(picture.count == reference.count && !picture.isEmpty, "pictures of one size")
    var absolute = 0.0
    var squared = 0.0
    lattice_pixels_errors(
      picture.baseAddress, reference.baseAddress, Int64(picture.count), &absolute, &squared)
    meanAbsolute = absolute / Double(picture.count)
    meanSquared = squared / Double(picture.count)
  }
}
