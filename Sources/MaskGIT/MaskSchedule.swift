import Glibc

/// How many tokens stay masked as parallel decoding advances, and how many are masked in training.
///
/// Source: Chang et al. 2022, section 3.3; `arccos`: Besnier et al. 2025, "Halton scheduler for masked generative image
/// transformer", section 3.
package enum MaskSchedule: Hashable, Sendable {
  case cosine
  case linear
  /// 1 - progress to this power, above 0.
  case power(Float)
  case arccos

  /// The share of tokens that are masked.
  ///
  /// Computed in f32, as the authors' code does: lengths are rounded down from it, so the last bit counts.
  ///
  /// - Parameter progress: Steps done divided by steps in all, in 0...1.
  /// - Returns: A share in 1e-6...1.
  package func maskedShare(at progress: Float) -> Float {
    let share: Float =
      switch self {
      case .cosine: cos(Float(Double.pi / 2) * progress)
      case .linear: 1 - progress
      case .power(let exponent): 1 - pow(progress, exponent)
      case .arccos: acos(min(1, progress)) / Float(Double.pi / 2)
      }
    return min(1, max(1e-6, share))
  }

  /// How many of `count` places are masked once a step of decoding is done, before any are kept back.
  ///
  /// - Parameters:
  ///   - count: Places that were masked at the start.
  ///   - step: Counted from 0.
  ///   - steps: In all.
  /// - Returns: Rounded down.
  package func maskedCount(of count: Int, after step: Int, of steps: Int) -> Int {
    Int(Float(count) * maskedShare(at: Float(step + 1) / Float(steps)))
  }

  /// How many of `count` places are masked for training.
  ///
  /// - Parameters:
  ///   - count: Places.
  ///   - draw: A number of 0..<1.
  ///   - least: The least share that is masked, 0...1.
  /// - Returns: At least 1.
  package func trainingCount(of count: Int, draw: Float, least: Float) -> Int {
    let share = max(least, maskedShare(at: draw))
    return min(count, max(1, Int((Float(count) * share).rounded(.up))))
  }

  /// By name, as in the parameters of stages.
  package init?(name: String, power: Float) {
    switch name {
    case "cosine": self = .cosine
    case "linear": self = .linear
    case "power": self = .power(power)
    case "arccos": self = .arccos
    default: return nil
    }
  }

  /// The names that ``init(name:power:)`` takes.
  package static let names = ["cosine", "linear", "power", "arccos"]
}
