import StageSDK
import Synchronization
import Training

/// Tells the host how training goes.
final class HostObserver: TrainingObserver {
  private let context: StageContext
  private let failure = Mutex<(any Error)?>(nil)

  init(_ context: StageContext) { self.context = context }

  var isCancelled: Bool { context.isCancelled || failure.withLock { $0 != nil } }

  func progress(_ done: Int, of total: Int) { context.progress(done, of: total, unit: "steps") }

  func report(step: Int, metrics: [String: Double]) {
    do {
      try context.report(step: step, metrics: metrics)
    } catch { failure.withLock { $0 = error } }
  }

  func note(_ message: String) { context.log(.info, message) }

  /// - Throws: What reporting threw: the disk is full.
  func rethrow() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
