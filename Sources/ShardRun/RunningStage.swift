import CSystemCalls
import DurableFiles
import FileNames
import JobModel
import Glibc
import WorkerLink
import StageHost
import Synchronization

/// A stage at work in this process: its instance, its host services, its times.
final class RunningStage: StageServices {
  let index: Int
  let planned: PlannedStage
  let context: ShardContext
  /// For a task alone.
  let task: (any TaskServices)?
  private let log: LogFile
  private let timing: Mutex<StageTiming>
  // Set once, right after init, before any other thread sees this object.
  nonisolated(unsafe) private var instance: StageInstance?

  /// Makes and opens an instance.
  ///
  /// - Throws: ``AttemptFailure`` with the stage's own sentence.
  init(
    index: Int, library: StageLibrary, models: [String: PlannedModel], context: ShardContext
  ) throws(AttemptFailure) {
    self.index = index
    self.context = context
    var planned = context.plan.stages[index]
    planned.models = models
    self.planned = planned
    log = LogFile(
      context.folder.stageLog(shard: context.shard, attempt: context.attempt, stage: planned.name),
      stage: planned.name)
    timing = Mutex(StageTiming(stage: planned.name, items: 0, calls: 0, seconds: 0))
    do throws(FileError) {
      task = planned.description.kind == .task ? try TaskHost(planned, context) : nil
    } catch {
      throw AttemptFailure(
        kind: error.isNoSpace ? .noSpace : .transient, stage: planned.name,
        message: error.description)
    }
    do throws(StageFailure) {
      try understood { () throws(StageFailure) in
        try measured([]) { () throws(StageFailure) in
          let instance = try StageInstance(planned, of: library, services: self)
          self.instance = instance
          try instance.open()
        }
      }
    } catch {
      throw failure(error)
    }
  }

  var times: StageTiming { timing.withLock { $0 } }

  func process(_ batch: HostBatch) throws(StageFailure) {
    try understood { () throws(StageFailure) in
      try measured(batch.entries.map(\.item.number)) { () throws(StageFailure) in
        try instance?.process(batch)
      }
    }
  }

  func finish() throws(AttemptFailure) {
    try call { instance throws(StageFailure) in try instance.finish() }
  }
  func run() throws(AttemptFailure) {
    try call { instance throws(StageFailure) in try instance.run() }
  }

  func saveState(to path: String) throws(AttemptFailure) {
    try call { instance throws(StageFailure) in try instance.saveState(to: path) }
  }

  func loadState(from path: String) throws(AttemptFailure) {
    try call { instance throws(StageFailure) in try instance.loadState(from: path) }
  }

  func close() { instance?.close() }

  /// What a status of this stage means for the attempt.
  func failure(_ failure: StageFailure, item: Item? = nil) -> AttemptFailure {
    let kind: AttemptFailure.Kind =
      switch failure.code {
      case .config, .input, .unsupported, .notFound: .config
      case .transient: .transient
      case .noMemory: .noMemory
      case .noSpace: .noSpace
      case .cancelled: .cancelled
      case .internal: .internal
      case .damage, .sharedDamage: .crashed
      }
    // One by one, the next attempt tells whose it was.
    let isKnown = failure.code != .sharedDamage
    return AttemptFailure(
      kind: kind, stage: isKnown ? planned.name : nil, item: isKnown ? item?.number : nil,
      itemID: isKnown ? item?.id : nil, message: failure.message)
  }

  private func call(
    _ body: (StageInstance) throws(StageFailure) -> Void
  ) throws(AttemptFailure) {
    guard let instance else { return }
    do throws(StageFailure) {
      try understood { () throws(StageFailure) in
        try measured([]) { () throws(StageFailure) in try body(instance) }
      }
    } catch {
      throw failure(error)
    }
  }

  /// Takes a stage that stops without having been asked to for one that fails: nobody would ever end the job else.
  private func understood(_ body: () throws(StageFailure) -> Void) throws(StageFailure) {
    do throws(StageFailure) {
      try body()
    } catch {
      guard error.code == .cancelled, !isCancelled else { throw error }
      throw StageFailure(
        .internal,
        "stage '\(planned.name)' says that it was cancelled, and nobody asked it to stop: \(error.message)"
      )
    }
  }

  private func measured(
    _ items: [Int], _ body: () throws(StageFailure) -> Void
  ) throws(StageFailure) {
    let slot = Threads.slot
    let item = items.count == 1 ? items.first : nil
    context.recorder.enter(slot: slot, stage: index, item: item)
    let threads = context.isOneByOne ? LeftThreads() : nil
    let start = WallClock.monotonicNanoseconds
    defer {
      let seconds = Double(WallClock.monotonicNanoseconds - start) / 1e9
      timing.withLock {
        $0.seconds += seconds
        $0.items += items.count
        $0.calls += 1
      }
      // What they do is still this call's doing.
      threads?.await(stage: index, item: item)
      context.recorder.leaveAll(ofStage: index, items: items, except: slot)
      context.recorder.leave(slot: slot)
    }
    let result = Result { () throws(StageFailure) in try body() }
    // Whoever ends a hanging worker wakes its stage: what that does now is no longer wanted.
    while lattice_abort_was_traced() != 0 { pause() }
    try result.get()
  }
}

extension RunningStage {
  func log(_ level: LogLine.Level, _ message: String, fields: JSONValue?) {
    log.write(level, message, fields: fields)
    context.recorder.beat()
  }

  func logFailure(_ item: Item, _ reason: String) { log.write(.error, reason, item: item.id) }

  func progress(done: Int, total: Int, unit: String) {
    if task != nil {
      context.recorder.setTaskProgress(
        done: done, total: total, unit: unit, at: WallClock.milliseconds)
    } else {
      context.recorder.setStageProgress(done: done, total: total)
    }
  }

  var isCancelled: Bool { context.recorder.isCancelRequested }

  var guardsMemory: Bool { context.isOneByOne }

  func output(_ port: String, _ type: ElementType, _ shape: [Int]) -> HostTensor? {
    guard guardsMemory else { return HostTensor(type, shape, account: account) }
    return HostTensor.guarded(
      type, shape, name: "the output '\(port)' of stage '\(planned.name)'", account: account)
      ?? HostTensor(type, shape, account: account)
  }

  var temporaryDirectory: String { context.outputs.scratch }

  func model(_ slot: String) -> PlannedModel? { planned.models[slot] }

  var threadBudget: Int { context.budget.threads }

  var account: MemoryAccount { context.account }

  func parallelFor(_ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) {
    let recorder = context.recorder
    let caller = recorder.activity(slot: Threads.slot)
    context.pool.parallelFor(count, grain: grain) { [index] range in
      let slot = Threads.slot
      let earlier = recorder.activity(slot: slot)
      recorder.enter(slot: slot, stage: index, item: caller?.itemNumber)
      body(range)
      recorder.resume(slot: slot, earlier)
    }
  }

  func openablePath(of item: Item) -> FileName? { context.outputs.openablePath(of: item) }

  func begin(_ item: Item) {
    context.recorder.enter(slot: Threads.slot, stage: index, item: item.number)
  }

  func outputFile(
    item: Item?, name: String, existing: OutputPolicy.Existing?, role: OutputFile.Role
  ) throws(StageFailure) -> String {
    try context.outputs.reserve(
      name, item: item, stage: planned.name, existing: existing, role: role)
  }
}
