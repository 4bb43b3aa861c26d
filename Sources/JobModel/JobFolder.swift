/// Names of everything in a job's directory; the one place that knows the layout.
///
/// ```
/// jobs/ID/  spec.yaml  resolved.json  items.jsonl  outputs/  failed.jsonl  damaged.jsonl  result.json  report.html
///   shards/0007.done  shards/0007.failed.jsonl  shards/0007.damaged.jsonl  shards/0007.lock  shards/0007.state/STAGE/
///   shards/0007.previous-1.json        the report of a shard that was published and then queued again
///   state/STAGE/                       what a task goes on from; outlives attempts
///   metrics/STAGE.jsonl                what a task measured, step by step
///   model.json                         which version of a model it publishes
///   kept/SHA256                        a hard link for each thing of the spool's store that the job needs
///   tmp/0007.a1/                       an attempt's unpublished files
///   logs/shard-0007/attempt-1/         STAGE.jsonl  worker.jsonl  stderr.txt  crash.txt  failure.json
/// ```
/// Logs are kept per shard and attempt because one worker process runs all stages of a shard: its standard
/// error and its crash belong to the attempt, not to a stage.
package struct JobFolder: Codable, Hashable, Sendable {
  /// Absolute path of the job's directory.
  package let path: String

  package init(path: String) { self.path = path }

  package var spec: String { "\(path)/spec.yaml" }
  package var plan: String { "\(path)/resolved.json" }
  /// The plan without what only workers need, for the daemon, which has no time to read long lists.
  package var planOutline: String { "\(path)/outline.json" }
  package var items: String { "\(path)/items.jsonl" }
  package var outputs: String { "\(path)/outputs" }
  package var failedItems: String { "\(path)/failed.jsonl" }
  /// Items that were done with what their damaged data still shows; absent where there are none.
  package var damagedItems: String { "\(path)/damaged.jsonl" }
  package var result: String { "\(path)/result.json" }
  package var report: String { "\(path)/report.html" }
  package var shards: String { "\(path)/shards" }
  package var temporary: String { "\(path)/tmp" }
  package var logs: String { "\(path)/logs" }

  package var kept: String { "\(path)/kept" }
  package var modelPublication: String { "\(path)/model.json" }

  package var taskStates: String { "\(path)/state" }
  package func taskState(stage: String) -> String { "\(taskStates)/\(stage)" }
  package var metricsFolder: String { "\(path)/metrics" }
  package func metrics(stage: String) -> String { "\(metricsFolder)/\(stage).jsonl" }

  package func done(shard: Int) -> String { "\(shards)/\(Self.number(shard)).done" }
  /// The report of a published shard without its list of files, for whoever has no time to read that.
  package func summary(shard: Int) -> String { "\(shards)/\(Self.number(shard)).summary" }
  package func failedItems(shard: Int) -> String { "\(shards)/\(Self.number(shard)).failed.jsonl" }
  package func damagedItems(shard: Int) -> String {
    "\(shards)/\(Self.number(shard)).damaged.jsonl"
  }
  /// Items no attempt may touch again, one ``FailedItem`` a line; written by the supervisor.
  package func quarantine(shard: Int) -> String {
    "\(shards)/\(Self.number(shard)).quarantine.jsonl"
  }
  /// Files the shard published before it was queued again, a JSON list of ``OutputFile``; earlier versions wrote it.
  package func previousOutputs(shard: Int) -> String {
    "\(shards)/\(Self.number(shard)).previous.json"
  }
  /// A report of the shard from before it was queued again; there can be several, counted from 1.
  package func previousReport(shard: Int, number: Int) -> String {
    "\(shards)/\(Self.number(shard)).previous-\(number).json"
  }
  package func itemMetadata(shard: Int) -> String { "\(shards)/\(Self.number(shard)).items.jsonl" }
  package func lock(shard: Int) -> String { "\(shards)/\(Self.number(shard)).lock" }
  /// State a reducing stage saved at the end of a shard.
  package func state(shard: Int, stage: String) -> String {
    "\(shards)/\(Self.number(shard)).state/\(stage)"
  }

  package func temporary(shard: Int, attempt: Int) -> String {
    "\(temporary)/\(Self.number(shard)).a\(attempt)"
  }

  /// The page a worker shares with its supervisor.
  package func flightRecorder(shard: Int, attempt: Int) -> String {
    "\(logs(shard: shard, attempt: attempt))/flight.bin"
  }

  package func logs(shard: Int, attempt: Int) -> String {
    "\(logs)/shard-\(Self.number(shard))/attempt-\(attempt)"
  }

  package func stageLog(shard: Int, attempt: Int, stage: String) -> String {
    "\(logs(shard: shard, attempt: attempt))/\(stage).jsonl"
  }

  package func workerLog(shard: Int, attempt: Int) -> String {
    "\(logs(shard: shard, attempt: attempt))/worker.jsonl"
  }

  package func standardError(shard: Int, attempt: Int) -> String {
    "\(logs(shard: shard, attempt: attempt))/stderr.txt"
  }

  package func crash(shard: Int, attempt: Int) -> String {
    "\(logs(shard: shard, attempt: attempt))/crash.txt"
  }

  package func failure(shard: Int, attempt: Int) -> String {
    "\(logs(shard: shard, attempt: attempt))/failure.json"
  }

  private static func number(_ shard: Int) -> String {
    let digits = String(shard)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
