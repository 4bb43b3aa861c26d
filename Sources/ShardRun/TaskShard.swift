import DurableFiles
import JobModel

/// The one shard of a job whose stages are tasks: runs each to its end, then publishes files and model.
struct TaskShard {
  let context: ShardContext

  func run(since started: Int) throws -> ShardReport {
    let stages = try StageLoader.load(context) { _ in true }
    defer { stages.forEach { $0.close() } }
    for stage in stages {
      try context.throwIfCancelled()
      try stage.run()
    }
    for stage in stages { try stage.finish() }
    let publisher = Publisher(context: context)
    try StaleOutputs(context: context).remove(failed: [])
    let files = try publisher.publishFiles(without: [])
    let model = try ModelPublisher(context: context).publish()
    let failed = try faultyItems()
    let report = ShardReport(
      shard: context.shard, attempt: context.attempt,
      itemsDone: context.plan.items.count - failed.count,
      itemsFailed: failed.count, itemsSkipped: 0, files: files, stages: stages.map(\.times),
      seconds: Double(WallClock.monotonicNanoseconds - started) / 1e9,
      peakMemoryBytes: peakMemoryBytes(), model: model)
    try publisher.publish(report, failed: failed, metadata: [])
    return report
  }

  /// Items that planning found no way to read, which the task never saw.
  private func faultyItems() throws -> [FailedItem] {
    guard (context.plan.items.faultyCount ?? 0) > 0 else { return [] }
    let stage = context.plan.stages.first?.name ?? ""
    let reader = try ItemReader(folder: context.folder, manifest: context.plan.items, shard: 0)
    var failed: [FailedItem] = []
    while true {
      let items = try reader.next(256)
      guard !items.isEmpty else { return failed }
      failed += items.compactMap { item in
        item.fault.map { FailedItem(item: item.number, id: item.id, stage: stage, reason: $0) }
      }
    }
  }
}
