/// Who follows a training run: a job's host, a command line, a test.
package protocol TrainingObserver {
  /// True once the run is to stop; it then leaves a checkpoint and throws ``TrainingCancelled``.
  var isCancelled: Bool { get }

  /// How far the run is, in steps; also tells that it is alive.
  func progress(_ done: Int, of total: Int)

  /// Averages over the steps since the last report.
  ///
  /// - Parameters:
  ///   - step: Steps taken so far.
  ///   - metrics: By name; `loss` among them.
  func report(step: Int, metrics: [String: Double])

  /// Something worth a line in the log.
  func note(_ message: String)
}

/// The run was stopped from outside; its last checkpoint is there.
package struct TrainingCancelled: Error, Hashable, CustomStringConvertible {
  /// Steps that were taken.
  package let steps: Int

  package init(steps: Int) { self.steps = steps }

  package var description: String { "training was stopped after \(steps) steps" }
}
