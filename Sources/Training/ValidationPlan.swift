/// Measuring a run on what it doesn't learn from, and what follows from it.
package struct ValidationPlan {
  /// What a measurement gave.
  package struct Result: Hashable, Sendable {
    /// Less is better.
    package let loss: Double
    /// What else is worth logging, by name.
    package let metrics: [String: Double]

    /// Names the loss.
    package init(loss: Double, metrics: [String: Double] = [:]) {
      self.loss = loss
      self.metrics = metrics
    }
  }

  /// Steps between measurements.
  package let every: Int
  /// Measurements without a better one after which a run ends; nil for never.
  package let patience: Int?
  /// Whether a run ends with the state that measured best.
  package let keepsBest: Bool
  /// Must not change the learner.
  let measure: () throws -> Result

  /// Sets a plan up.
  package init(
    every: Int, patience: Int? = nil, keepsBest: Bool = false,
    measure: @escaping () throws -> Result
  ) {
    precondition(every >= 1 && patience ?? 1 >= 1, "measurements are some steps apart")
    self.every = every
    self.patience = patience
    self.keepsBest = keepsBest
    self.measure = measure
  }
}

/// The best measurement of a run so far.
struct BestMeasurement: Hashable {
  /// After so many steps.
  let steps: Int
  let loss: Double
}
