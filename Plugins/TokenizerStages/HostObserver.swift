import StageSDK
import Training

/// Tells the host how training goes.
struct HostObserver: TrainingObserver {
  private let context: StageContext

  init(_ context: StageContext) { self.context = context }

  var isCancelled: Bool { context.isCancelled }

  func progress(_ done: Int, of total: Int) { context.progress(done, of: total, unit: "steps") }

  func report(step: Int, metrics: [String: Double]) {
    do {
      try context.report(step: step, metrics: metrics)
    } catch {
      context.log(.warning, "the metrics of step \(step) could not be noted: \(error)")
    }
    let loss = metrics["loss"].map { " loss \($0)" } ?? ""
    context.log(.info, "step \(step):\(loss)")
  }

  func note(_ message: String) { context.log(.info, message) }
}
