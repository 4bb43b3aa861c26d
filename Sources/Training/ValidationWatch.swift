import TensorCore

/// Follows a run's measurements: which was the best, and whether it is time to stop.
///
/// What it decides depends on the run's state and the best state's file alone, so that a run that was killed ends as one that
/// was not.
struct ValidationWatch {
  private let plan: ValidationPlan?
  private let folder: CheckpointFolder?
  private var best: BestMeasurement?
  /// Kept in memory where there is no folder.
  private var bestState: [String: Tensor]?

  init(_ plan: ValidationPlan?, _ folder: CheckpointFolder?) throws {
    self.plan = plan
    self.folder = folder
    guard plan != nil, let found = try folder?.bestSaved() else { return }
    best = BestMeasurement(steps: found.saved.steps, loss: found.loss)
  }

  /// Leaves out of account what was measured after the checkpoint that a run goes on from: it will be measured again.
  mutating func forget(after done: Int) {
    if let known = best, known.steps > done { best = nil }
  }

  /// Whether the last measurements brought nothing.
  func isOver(after done: Int) -> Bool {
    guard let plan, let patience = plan.patience, let best else { return false }
    return (done - best.steps) / plan.every >= patience
  }

  /// Measures where it is time to.
  ///
  /// - Returns: What there is to report; nil where it was not time.
  mutating func measure(
    _ learner: any Learner, after done: Int, isLast: Bool
  ) throws -> [String: Double]? {
    guard let plan, isLast || done.isMultiple(of: plan.every) else { return nil }
    let result = try plan.measure()
    guard plan.keepsBest || plan.patience != nil else { return result.metrics }
    if result.loss < best?.loss ?? .infinity {
      best = BestMeasurement(steps: done, loss: result.loss)
      if let folder {
        try folder.saveBest(learner.state, steps: done, loss: result.loss)
      } else if plan.keepsBest {
        bestState = learner.state
      }
    }
    return result.metrics.merging(["best_step": Double(best?.steps ?? done)]) { $1 }
  }

  /// Gives the learner the best state back, if that is wanted.
  ///
  /// - Returns: What there is to say.
  func finish(
    _ learner: any Learner, after done: Int, of total: Int
  ) throws -> String? {
    guard let plan, let best else { return nil }
    var said: [String] = []
    if done < total { said.append("training ended early after \(done) of \(total) steps") }
    if plan.keepsBest, best.steps < done,
      let state = try folder?.bestSaved()?.saved.state ?? bestState
    {
      try learner.restore(state, steps: best.steps)
      said.append("the weights after \(best.steps) steps measured best and are kept")
    }
    return said.isEmpty ? nil : said.joined(separator: "; ")
  }
}
