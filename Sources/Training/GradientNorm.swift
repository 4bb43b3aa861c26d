package import Autograd
import CKernels
import TensorCore

/// How large gradients are, and what they are multiplied by so that they don't get too large.
///
/// Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", algorithm 1.
package enum GradientNorm {
  /// The root of the sum of all squares.
  ///
  /// - Parameters:
  ///   - gradients: Of one loss.
  ///   - step: For the error.
  /// - Returns: At least 0.
  /// - Throws: ``NotANumberError`` that names the first gradient that isn't finite.
  package static func of(_ gradients: [Gradient], step: Int) throws(NotANumberError) -> Double {
    var sum = 0.0
    for gradient in gradients {
      let part = gradient.value.withFloats {
        lattice_sum_squares_f32($0.baseAddress, Int64($0.count))
      }
      guard part.isFinite else {
        throw NotANumberError(what: "the gradient of '\(gradient.parameter.name)'", step: step)
      }
      sum += part
    }
    return sum.squareRoot()
  }

  /// The factor that brings a norm down to `limit`; 1 when it is below or there is no limit.
  package static func scale(_ norm: Double, limit: Double?) -> Float {
    guard let limit, norm > limit else { return 1 }
    return Float(limit / norm)
  }
}
