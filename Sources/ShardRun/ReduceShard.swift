import DurableFiles
import JobModel

/// The last shard: gathers what the reducing stages saved in all the others.
struct ReduceShard {
  let context: ShardContext

  func run(since started: Int) throws -> ShardReport {
    let stages = try StageLoader.load(context) { $0.description.reduces }
    defer { stages.forEach { $0.close() } }
    for stage in stages {
      for shard in 0..<context.plan.items.shardCount {
        try context.throwIfCancelled()
        try stage.loadState(from: context.folder.state(shard: shard, stage: stage.planned.name))
      }
      try stage.finish()
    }
    let publisher = Publisher(context: context)
    try StaleOutputs(context: context).remove(failed: [])
    let files = try publisher.publishFiles(without: [])
    let report = ShardReport(
      shard: context.shard, attempt: context.attempt, itemsDone: 0, itemsFailed: 0,
      itemsSkipped: 0, files: files, stages: stages.map(\.times),
      seconds: Double(WallClock.monotonicNanoseconds - started) / 1e9,
      peakMemoryBytes: peakMemoryBytes())
    try publisher.publish(report, failed: [], metadata: [])
    return report
  }
}
