import Glibc

/// How far logits are pushed away from those without a class: l' = l_c + α (l_c - l_0).
///
/// Source: Ho and Salimans 2022, "Classifier-free diffusion guidance"; α over steps: Yu et al. 2024, "An image is worth
/// 32 tokens", whose ramp is ½ (1 - cos(π x^p)).
package enum Guidance: Hashable, Sendable {
  /// The same α at every step.
  case constant(Float)
  /// From 0 to α in a straight line.
  case linear(Float)
  /// From 0 to α by half a cosine of progress to the power p: late steps are guided, early ones hardly.
  case powerCosine(Float, power: Float)

  /// No guidance.
  package static let none = Guidance.constant(0)

  /// α of a step.
  ///
  /// - Parameter progress: Steps done before this one divided by steps in all, in 0..<1.
  /// - Returns: α.
  package func scale(at progress: Float) -> Float {
    switch self {
    case .constant(let scale): scale
    case .linear(let scale): scale * progress
    case .powerCosine(let scale, let power):
      scale * (1 - cos(Float(Double.pi) * pow(progress, power))) / 2
    }
  }

  /// By name, as in the parameters of stages.
  package init?(name: String, scale: Float, power: Float) {
    switch name {
    case "constant": self = .constant(scale)
    case "linear": self = .linear(scale)
    case "power-cosine": self = .powerCosine(scale, power: power)
    default: return nil
    }
  }

  /// The names that ``init(name:scale:power:)`` takes.
  package static let names = ["constant", "linear", "power-cosine"]
}
