import StageSDK
import Synchronization
import Training

/// Tells the host how one phase of a job's training goes; steps are counted over all phases.
final class PhaseObserver: TrainingObserver {
  private let context: StageContext
  private let before: Int
  private let total: Int
  private let failure = Mutex<(any Error)?>(nil)

  /// - Parameters:
  ///   - context: Of the stage.
  ///   - before: Steps of earlier phases.
  ///   - total: Steps of all phases.
  init(_ context: StageContext, before: Int, total: Int) {
    self.context = context
    self.before = before
    self.total = total
  }

  var isCancelled: Bool { context.isCancelled || failure.withLock { $0 != nil } }

  func progress(_ done: Int, of _: Int) {
    context.progress(before + done, of: total, unit: "steps")
  }

  func report(step: Int, metrics: [String: Double]) {
    do {
      try context.report(step: before + step, metrics: metrics)
    } catch { failure.withLock { $0 = error } }
  }

  func note(_ message: String) { context.log(.info, message) }

  /// Throws what reporting threw: the disk is full.
  func finish() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
