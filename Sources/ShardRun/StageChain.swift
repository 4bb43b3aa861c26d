import JobModel
import StageHost
import Synchronization

/// Takes batches through stages: failed items drop out, refusals are retried smaller, dead tensors are let go.
final class StageChain: Sendable {
  private let context: ShardContext
  let stages: [RunningStage]
  /// By port, when its last reader runs.
  private let lastReader: [TravellingBatch.Port: Int]
  /// By place in the plan, when a stage runs: sinks come after maps that stand behind them.
  private let turns: [Int]
  private let failedItems = Mutex<[Int: FailedItem]>([:])

  init(context: ShardContext, stages: [RunningStage]) {
    self.context = context
    self.stages = stages
    turns = BatchStream.turns(of: context.plan)
    var lastReader: [TravellingBatch.Port: Int] = [:]
    for stage in stages {
      for case .port(let name, let port) in stage.planned.inputs.values {
        let key = TravellingBatch.Port(stage: name, port: port)
        lastReader[key] = max(lastReader[key] ?? 0, turns[stage.index])
      }
    }
    self.lastReader = lastReader
  }

  /// Items that failed so far, in their order.
  var failed: [FailedItem] { failedItems.withLock { $0.values.sorted { $0.item < $1.item } } }

  func isFailed(_ item: Int) -> Bool { failedItems.withLock { $0[item] != nil } }

  /// Notes an item as failed.
  func fail(_ item: Item, stage: String, reason: String, isQuarantined: Bool = false) {
    failedItems.withLock {
      $0[item.number] = FailedItem(
        item: item.number, id: item.id, stage: stage, reason: reason, isQuarantined: isQuarantined)
    }
  }

  /// Takes a batch through the stages at `indices`, in order.
  func run(
    _ batch: TravellingBatch, through indices: [Int]
  ) throws(AttemptFailure) -> TravellingBatch {
    var batch = batch
    for index in indices {
      try context.throwIfCancelled()
      guard !batch.entries.isEmpty else { break }
      batch = try run(batch, stages[index])
      batch.tensors = batch.tensors.filter { lastReader[$0.key, default: -1] > turns[index] }
    }
    return batch
  }

  private func run(
    _ batch: TravellingBatch, _ stage: RunningStage
  ) throws(AttemptFailure) -> TravellingBatch {
    let batch = try unchanged(batch, for: stage)
    guard !batch.entries.isEmpty else { return batch }
    return try unchanged(process(batch, stage), for: stage)
  }

  /// The batch without items whose files are not what was planned; asked before and after a stage reads them.
  private func unchanged(
    _ batch: TravellingBatch, for stage: RunningStage
  ) throws(AttemptFailure) -> TravellingBatch {
    guard stage.planned.inputs.values.contains(.items) else { return batch }
    var kept: [Int] = []
    for (index, entry) in batch.entries.enumerated() {
      guard let fault = InputChange.fault(of: entry.item) else {
        kept.append(index)
        continue
      }
      fail(entry.item, stage: stage.planned.name, reason: fault)
      stage.logFailure(entry.item, fault)
    }
    guard !kept.isEmpty else { return TravellingBatch(entries: [], tensors: [:]) }
    guard let rest = batch.keeping(kept, account: context.account) else {
      throw stage.failure(StageFailure(.noMemory, "no memory to leave failed items out of a batch"))
    }
    return rest
  }

  private func process(
    _ batch: TravellingBatch, _ stage: RunningStage
  ) throws(AttemptFailure) -> TravellingBatch {
    var inputs: [String: HostTensor] = [:]
    for (port, source) in stage.planned.inputs {
      guard case .port(let name, let output) = source else { continue }
      inputs[port] = batch.tensors[TravellingBatch.Port(stage: name, port: output)]
    }
    let entries = batch.entries.map { entry in
      HostBatch.Entry(
        item: entry.item, metadata: entry.metadata,
        seed: ItemSeed.seed(
          job: context.plan.seed, stage: stage.planned.name, item: entry.item.id))
    }
    let hosted = HostBatch(
      entries: entries, inputs: inputs, stage: stage.planned, services: stage)
    do throws(StageFailure) {
      try stage.process(hosted)
      try requirePromises(of: stage, hosted)
    } catch {
      return try runAgain(batch, stage, after: error)
    }
    return try collect(hosted, of: stage, into: batch)
  }

  /// What to do about a batch that a stage refused as a whole.
  private func runAgain(
    _ batch: TravellingBatch, _ stage: RunningStage, after failure: StageFailure
  ) throws(AttemptFailure) -> TravellingBatch {
    let count = batch.entries.count
    switch failure.code {
    case _ where failure.code.blamesItem && count == 1:
      let item = batch.entries[0].item
      fail(item, stage: stage.planned.name, reason: failure.message)
      stage.logFailure(item, failure.message)
      return TravellingBatch(entries: [], tensors: [:])
    case _ where failure.code.blamesItem:
      return try parts((0..<count).map { [$0] }, of: batch, stage, failure)
    case .noMemory where count > 1:
      stage.log(.warning, "out of memory with \(count) items: trying halves", fields: nil)
      return try parts([Array(0..<count / 2), Array(count / 2..<count)], of: batch, stage, failure)
    default: throw stage.failure(failure, item: count == 1 ? batch.entries[0].item : nil)
    }
  }

  private func parts(
    _ rows: [[Int]], of batch: TravellingBatch, _ stage: RunningStage, _ failure: StageFailure
  ) throws(AttemptFailure) -> TravellingBatch {
    var done: [TravellingBatch] = []
    for rows in rows {
      guard let part = batch.keeping(rows, account: context.account) else {
        throw stage.failure(failure)
      }
      done.append(try run(part, stage))
    }
    guard let whole = TravellingBatch.joined(done, account: context.account) else {
      throw stage.failure(
        StageFailure(.noMemory, "no memory, or other sizes, to join \(done.count) parts of a batch")
      )
    }
    return whole
  }

  private func collect(
    _ hosted: HostBatch, of stage: RunningStage, into batch: TravellingBatch
  ) throws(AttemptFailure) -> TravellingBatch {
    var batch = batch
    for (index, failure) in hosted.failures {
      let item = batch.entries[index].item
      fail(item, stage: stage.planned.name, reason: failure.message)
      stage.logFailure(item, failure.message)
    }
    for index in batch.entries.indices { batch.entries[index].metadata = hosted.metadata(index) }
    let kept = batch.entries.indices.filter { hosted.failures[$0] == nil }
    if kept.isEmpty { return TravellingBatch(entries: [], tensors: [:]) }
    let outputs = hosted.outputs
    for port in stage.planned.outputs.keys {
      let key = TravellingBatch.Port(stage: stage.planned.name, port: port)
      if lastReader[key] != nil { batch.tensors[key] = outputs[port] }
    }
    guard let result = batch.keeping(kept, account: context.account) else {
      throw stage.failure(StageFailure(.noMemory, "no memory to leave failed items out of a batch"))
    }
    return result
  }

  /// Holds the outputs that are read later against what the stage's own check said before the run.
  private func requirePromises(
    of stage: RunningStage, _ hosted: HostBatch
  ) throws(StageFailure) {
    guard hosted.failures.count < hosted.entries.count else { return }
    let outputs = hosted.outputs
    let name = stage.planned.name
    for (port, spec) in stage.planned.outputs.sorted(by: { $0.key < $1.key })
    where lastReader[TravellingBatch.Port(stage: name, port: port)] != nil {
      guard let tensor = outputs[port] else {
        throw StageFailure(
          .internal, "stage '\(name)' put out nothing at '\(port)', which is read later")
      }
      let fits =
        tensor.type == spec.type && tensor.shape.count == spec.shape.count
        && zip(tensor.shape, spec.shape).dropFirst().allSatisfy { $1 < 0 || $0 == $1 }
      guard !fits else { continue }
      let found = TensorSpec(type: tensor.type, shape: tensor.shape, semantic: nil).text
      throw StageFailure(
        .internal, "'\(port)' of stage '\(name)' is \(found), its check promised \(spec.text)")
    }
  }
}
