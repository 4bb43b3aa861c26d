import CSystemCalls
import DurableFiles
import Glibc
import JobModel
import ShardRun
import StageHost

extension Subject {
  /// Runs a stage from `create` to `destroy`.
  ///
  /// - Returns: All that came of it; a failed call ends the trial, and is no error here.
  /// - Throws: ``FileError`` and the like when the trial itself can't be set up.
  func run(_ trial: Trial) throws -> TrialResult {
    let place = try makeFolder()
    let services = try TrialServices(
      folder: place, memoryLimit: trial.memoryLimit, threads: trial.threads, models: trial.models,
      guardsOutputs: trial.guardsOutputs,
      task: stage.kind == .task
        ? try TrialTask(
          folder: place, items: trial.items, seed: trial.seed, publishes: stage.publishes) : nil)
    let promise = try check(trial)
    var result = TrialResult()
    if let delay = trial.cancelAfter { services.cancel(after: delay) }
    try carryOut(trial, services, promise, place, &result)
    let notes = services.noted
    for (name, path) in notes.files { result.files[name] = (try? Files.read(path)) }
    result.damage += notes.damage
    note(changes: notes.changes)
    result.highestBytes = services.account.highestBytes
    return result
  }

  private func carryOut(
    _ trial: Trial, _ services: TrialServices, _ promise: StageCheckResponse.Entry,
    _ place: String, _ result: inout TrialResult
  ) throws {
    let planned = planned(trial, promise.outputs)
    let instance: StageInstance
    do throws(StageFailure) {
      instance = try StageInstance(planned, of: library, services: services)
    } catch {
      return result.failure = TrialResult.Failure(call: "create", failure: error.text)
    }
    guard call("open", &result, { () throws(StageFailure) in try instance.open() }) else { return }
    defer { instance.close() }
    guard stage.kind != .task else {
      _ = call("run", &result) { () throws(StageFailure) in try instance.run() }
      return
    }
    if trial.callers > 1 {
      try processTogether(trial, instance, planned, services, &result)
    } else {
      for numbers in trial.batches {
        let batch = try makeBatch(trial, numbers, planned, services)
        let isDone = call("process", &result) { () throws(StageFailure) in
          try instance.process(batch)
        }
        collect(batch, numbers, promise, isDone: isDone, &result)
        guard isDone else { return }
      }
    }
    guard result.failure == nil else { return }
    try end(instance, place, &result)
  }

  private func end(_ instance: StageInstance, _ place: String, _ result: inout TrialResult) throws {
    guard stage.reduces else {
      _ = call("finish", &result) { () throws(StageFailure) in try instance.finish() }
      return
    }
    let path = "\(place)/state"
    try Files.makeDirectory(path)
    _ = call("save_state", &result) { () throws(StageFailure) in try instance.saveState(to: path) }
    result.state = try StateFolder.contents(of: path)
  }

  private func call(
    _ name: String, _ result: inout TrialResult, _ body: () throws(StageFailure) -> Void
  ) -> Bool {
    let start = WallClock.monotonicNanoseconds
    defer {
      let seconds = Double(WallClock.monotonicNanoseconds - start) / 1e9
      result.longestCall = max(result.longestCall, seconds)
    }
    do throws(StageFailure) {
      try body()
      return true
    } catch {
      result.failure = TrialResult.Failure(call: name, failure: error.text)
      return false
    }
  }

  private func processTogether(
    _ trial: Trial, _ instance: StageInstance, _ planned: PlannedStage,
    _ services: TrialServices, _ result: inout TrialResult
  ) throws {
    let batches = try trial.batches.map { try makeBatch(trial, $0, planned, services) }
    let budget = ThreadBudget(threads: trial.callers)
    let pool = ThreadPool(budget: budget)
    let failures = CallFailures(count: batches.count)
    pool.parallelFor(batches.count, grain: 1) { range in
      for index in range {
        do throws(StageFailure) {
          try instance.process(batches[index])
        } catch {
          failures.set(index, error.text)
        }
      }
    }
    for (index, batch) in batches.enumerated() {
      let failure = failures[index]
      if let failure {
        result.failure = TrialResult.Failure(call: "process", failure: failure)
      }
      collect(
        batch, trial.batches[index], try check(trial), isDone: failure == nil, &result)
    }
  }

  /// Takes apart what a batch holds after its call.
  private func collect(
    _ batch: HostBatch, _ numbers: [Int], _ promise: StageCheckResponse.Entry, isDone: Bool,
    _ result: inout TrialResult
  ) {
    for (index, failure) in batch.failures { result.itemFailures[numbers[index]] = failure.text }
    for (index, number) in numbers.enumerated() {
      result.metadata[number] = (try? batch.metadata(index).canonicalText) ?? ""
    }
    let outputs = batch.outputs
    for (port, tensor) in outputs {
      let size = tensor.rowByteCount
      for (index, number) in numbers.enumerated() {
        let row = UnsafeRawBufferPointer(
          start: tensor.data.map { $0 + index * size }, count: tensor.data == nil ? 0 : size)
        result.rows[port, default: [:]][number] = Array(row)
      }
    }
    guard isDone, result.itemFailures.isEmpty else { return }
    for port in stage.outputs where !port.isFile {
      guard let tensor = outputs[port.name] else {
        result.broken.append("'\(port.name)' was not put out, though process said all is well")
        continue
      }
      guard let spec = promise.outputs[port.name] else { continue }
      let fits =
        tensor.type == spec.type && tensor.shape.count == spec.shape.count
        && zip(tensor.shape, spec.shape).dropFirst().allSatisfy { $1 < 0 || $0 == $1 }
      if !fits {
        let found = TensorSpec(type: tensor.type, shape: tensor.shape, semantic: nil).text
        result.broken.append("'\(port.name)' is \(found), its check promised \(spec.text)")
      }
    }
  }
}

extension StageFailure {
  var text: TrialResult.StageFailureText {
    let names = [
      "CONFIG", "INPUT", "TRANSIENT", "NOMEM", "NOSPACE", "CANCELLED", "INTERNAL", "UNSUPPORTED",
      "NOTFOUND",
    ]
    let position = Int(code.rawValue) - 1
    return TrialResult.StageFailureText(
      code: code.rawValue, name: names.indices.contains(position) ? names[position] : "DAMAGE",
      message: message)
  }
}
