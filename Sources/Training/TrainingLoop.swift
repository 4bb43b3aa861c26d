package import TensorCore

/// Takes a learner through its steps: goes on from the newest checkpoint, leaves new ones, reports, stops when told to.
///
/// A run that was killed and goes on ends with the same bytes as one that was not: steps depend on nothing but their
/// number and the learner's state, and a checkpoint holds all of that.
package struct TrainingLoop {
  /// How long, and what is left behind on the way.
  package struct Settings: Hashable, Sendable {
    /// Steps in all.
    package var steps: Int
    /// Steps between reports.
    package var reportEvery: Int
    /// Steps between checkpoints.
    package var checkpointEvery: Int
    /// Newest checkpoints that are kept.
    package var keep: Int

    /// Takes settings, each at least 1.
    package init(steps: Int, reportEvery: Int = 50, checkpointEvery: Int = 500, keep: Int = 2) {
      precondition(
        min(steps, reportEvery, checkpointEvery, keep) >= 1, "settings are at least 1")
      self.steps = steps
      self.reportEvery = reportEvery
      self.checkpointEvery = checkpointEvery
      self.keep = keep
    }
  }

  private let settings: Settings
  private let folder: CheckpointFolder?
  private let workers: any Workers

  /// Sets a run up.
  ///
  /// - Parameters:
  ///   - settings: How long.
  ///   - folder: Where checkpoints are; nil leaves none.
  ///   - workers: Who computes.
  package init(_ settings: Settings, folder: CheckpointFolder?, workers: any Workers) {
    self.settings = settings
    self.folder = folder
    self.workers = workers
  }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - learner: What is trained; freshly made.
  ///   - observer: Who follows.
  ///   - validation: Measures the run on the way; nil for none.
  ///   - after: Called when so many steps are taken, with that number: to show how far it has come. It must not change
  ///     the learner.
  /// - Throws: ``NotANumberError``, ``TrainingCancelled``, ``TrainingStateError``, ``CheckpointFolderError``, and what
  ///   the learner throws.
  package func run(
    _ learner: any Learner, observer: any TrainingObserver, validation: ValidationPlan? = nil,
    after: (_ steps: Int) throws -> Void = { _ in }
  ) throws {
    var done = 0
    var watch = try ValidationWatch(validation, folder)
    if let saved = try folder?.newest() {
      try learner.restore(saved.state, steps: saved.steps)
      done = saved.steps
      observer.note("going on from the checkpoint after \(done) steps")
    }
    observer.progress(done, of: settings.steps)
    var window = MetricWindow()
    var saved = done
    watch.forget(after: done)
    while done < settings.steps, !watch.isOver(after: done) {
      if observer.isCancelled {
        if done > saved { try folder?.save(learner.state, steps: done, keep: settings.keep) }
        throw TrainingCancelled(steps: done)
      }
      window.add(try learner.step(done, workers: workers))
      done += 1
      observer.progress(done, of: settings.steps)
      let isLast = done == settings.steps
      if isLast || done.isMultiple(of: settings.reportEvery) {
        observer.report(step: done, metrics: window.takeMeans())
      }
      try after(done)
      if let metrics = try watch.measure(learner, after: done, isLast: isLast) {
        observer.report(step: done, metrics: metrics)
      }
      if isLast || done.isMultiple(of: settings.checkpointEvery) {
        try folder?.save(learner.state, steps: done, keep: settings.keep)
        saved = done
      }
    }
    if let note = try watch.finish(learner, after: done, of: settings.steps) { observer.note(note) }
  }
}

/// Means of numbers that come in step by step.
struct MetricWindow {
  private var sums: [String: (total: Double, count: Int)] = [:]

  mutating func add(_ metrics: [String: Double]) {
    for (name, value) in metrics {
      let (total, count) = sums[name] ?? (0, 0)
      sums[name] = (total + value, count + 1)
    }
  }

  mutating func takeMeans() -> [String: Double] {
    defer { sums = [:] }
    return sums.mapValues { $0.total / Double($0.count) }
  }
}
