import DurableFiles
package import JobModel
import StageHost

/// Measures how long loading a plugin and calling one of its stages take.
package enum CallBench {
  /// Seconds for each size of batches.
  private static let seconds = 0.5
  /// Calls that are timed together, so that the clock costs nothing.
  private static let together = 32

  /// Loads the plugin and measures.
  ///
  /// - Parameters:
  ///   - request: The plugin, the stage and what to feed it with; the rule does not matter.
  ///   - folder: Where it may write.
  /// - Returns: What was measured; its `trouble` says why there is nothing.
  package static func run(_ request: RuleRequest, in folder: String) -> PluginBench {
    var bench = PluginBench(
      stage: request.stageID ?? "", loadMilliseconds: 0, rows: [], trouble: nil)
    do {
      let start = WallClock.monotonicNanoseconds
      let library = try StageLibrary.load(request.pluginPath)
      bench.loadMilliseconds = Double(WallClock.monotonicNanoseconds - start) / 1e6
      guard let stage = try library.describe().stages.first(where: { $0.id == request.stageID })
      else { return bench }
      let subject = Subject(library, stage, request.feed, folder: folder)
      guard stage.kind != .task else {
        bench.trouble = "a task processes no batches"
        return bench
      }
      bench.rows = try rows(subject)
    } catch let unfit as Subject.Unfit {
      bench.trouble = unfit.reason
    } catch {
      bench.trouble = "\(error)"
    }
    return bench
  }

  private static func rows(_ subject: Subject) throws -> [PluginBench.Row] {
    var trial = try subject.goodTrial()
    var rows: [PluginBench.Row] = []
    let hasTensors = subject.stage.inputs.contains { !$0.isFile }
    let sides = hasTensors ? [1, 64, 256] : [0]
    for side in sides {
      if side > 0 {
        for name in subject.stage.inputDimensionNames
        where name.hasPrefix("H") || name.hasPrefix("W") {
          trial.sizes = trial.sizes.with(name, side)
        }
      }
      let promise = try subject.check(trial)
      guard promise.faults.isEmpty else { continue }
      for count in [1, 8] where count == 1 || subject.batchLimit(promise) > 1 {
        if let row = try row(trial, count, promise, subject) { rows.append(row) }
      }
    }
    return rows
  }

  private static func row(
    _ trial: Trial, _ count: Int, _ promise: StageCheckResponse.Entry, _ subject: Subject
  ) throws -> PluginBench.Row? {
    let services = try TrialServices(
      folder: try subject.makeFolder(), memoryLimit: 2 << 30, threads: 1, models: trial.models,
      guardsOutputs: false)
    let planned = subject.planned(trial, promise.outputs)
    let instance = try StageInstance(planned, of: subject.library, services: services)
    try instance.open()
    defer { instance.close() }
    let numbers = Array(0..<count)
    let first = try subject.makeBatch(trial, numbers, planned, services)
    try instance.process(first)
    var times: [Double] = []
    let end = WallClock.monotonicNanoseconds + Int(seconds * 1e9)
    while WallClock.monotonicNanoseconds < end || times.count < 3 {
      // Batches share their inputs; each has outputs of its own.
      let batches = (0..<together).map { _ in
        HostBatch(
          entries: first.entries, inputs: first.inputs, stage: planned, services: services)
      }
      let start = WallClock.monotonicNanoseconds
      for batch in batches { try instance.process(batch) }
      times.append(Double(WallClock.monotonicNanoseconds - start) / 1e3 / Double(together))
      if WallClock.monotonicNanoseconds > end + 20_000_000_000 { break }
    }
    let inputs = first.inputs.sorted { $0.key < $1.key }.map { port, tensor in
      "\(port) \(tensor.type.rawValue)[\(tensor.shape.map { "\($0)" }.joined(separator: ","))]"
    }
    return PluginBench.Row(
      items: count, inputs: inputs, microseconds: times.sorted()[times.count / 2],
      calls: times.count * together)
  }
}
