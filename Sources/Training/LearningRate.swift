import Glibc

/// How large steps are as training goes on.
package struct LearningRate: Hashable, Sendable {
  /// What becomes of the rate after warm-up.
  package enum Decay: String, Hashable, Sendable, CaseIterable {
    case constant, linear, cosine
  }

  /// The highest rate.
  package let peak: Double
  /// Steps over which the rate grows from 0 in a straight line.
  package let warmup: Int
  /// The last step's number plus 1.
  package let total: Int
  /// How it falls.
  package let decay: Decay
  /// Where it ends, as a share of the peak.
  package let floor: Double

  /// Sets a schedule up.
  ///
  /// - Parameters:
  ///   - peak: Above 0.
  ///   - warmup: Steps, 0 for none.
  ///   - total: Steps in all.
  ///   - decay: How the rate falls after warm-up.
  ///   - floor: The share of the peak that is left at the end, 0...1.
  package init(peak: Double, warmup: Int = 0, total: Int, decay: Decay = .cosine, floor: Double = 0)
  {
    precondition(peak > 0 && warmup >= 0 && total >= 1 && (0...1).contains(floor))
    self.peak = peak
    self.warmup = warmup
    self.total = total
    self.decay = decay
    self.floor = floor
  }

  /// The rate of a step, counted from 0; the first is already above 0.
  package func rate(ofStep step: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let share = min(1, Double(step - warmup) / Double(max(1, total - warmup)))
    switch decay {
    case .constant: return peak
    case .linear: return peak * (1 - (1 - floor) * share)
    case .cosine: return peak * (floor + (1 - floor) * (1 + cos(.pi * share)) / 2)
    }
  }
}
