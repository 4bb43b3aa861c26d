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
    let files = try publisher.publishFiles(without: [])
    let model = try ModelPublisher(context: context).publish()
    let report = ShardReport(
      shard: context.shard, attempt: context.attempt, itemsDone: context.plan.items.count,
      itemsFailed: 0, itemsSkipped: 0, files: files, stages: stages.map(\.times),
      seconds: Double(WallClock.monotonicNanoseconds - started) / 1e9,
      peakMemoryBytes: peakMemoryBytes(), model: model)
    try publisher.publish(report, failed: [], metadata: [])
    return report
  }
}
