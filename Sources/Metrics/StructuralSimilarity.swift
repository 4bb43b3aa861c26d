import CKernels
import Glibc

/// The structural similarity index of two pictures.
///
/// Source: Wang, Bovik, Sheikh, Simoncelli 2004, "Image quality assessment: from error visibility to structural
/// similarity", equation 13, with the paper's 11 x 11 Gaussian window of sigma 1.5, K1 0.01 and K2 0.03, over places
/// where the window lies wholly inside; the mean over places and channels.
package enum StructuralSimilarity {
  /// The smallest width and height that hold one window.
  package static let smallestSide = Int(LATTICE_SSIM_WINDOW)

  /// The weights of the window along one side; they sum to 1.
  package static let window: [Float] = {
    let raw = (0..<smallestSide).map {
      exp(-pow(Double($0 - smallestSide / 2), 2) / (2 * 1.5 * 1.5))
    }
    let sum = raw.reduce(0, +)
    return raw.map { Float($0 / sum) }
  }()

  /// Compares two pictures.
  ///
  /// - Parameters:
  ///   - picture: Values of 0...1, shape (height, width, channels).
  ///   - reference: The same shape.
  ///   - height: At least ``smallestSide``.
  ///   - width: At least ``smallestSide``.
  ///   - channels: At least 1.
  /// - Returns: -1...1, 1 for equal pictures.
  package static func mean(
    of picture: UnsafeBufferPointer<Float>, to reference: UnsafeBufferPointer<Float>,
    height: Int, width: Int, channels: Int
  ) -> Double {
    precondition(min(height, width) >= smallestSide, "pictures must hold one window")
    precondition(picture.count == height * width * channels && reference.count == picture.count)
    let sum = withUnsafeTemporaryAllocation(of: Float.self, capacity: 5 * width * channels) {
      scratch in
      lattice_pixels_ssim(
        picture.baseAddress, reference.baseAddress, Int64(height), Int64(width), Int64(channels),
        window, scratch.baseAddress)
    }
    let side = smallestSide - 1
    return sum / Double((height - side) * (width - side) * channels)
  }
}
