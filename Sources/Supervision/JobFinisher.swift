import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
package import JobModel
import JobReport

/// Writes what remains of a job that has ended: `failed.jsonl`, `result.json` and the report.
///
/// Memory is that of one shard's report, not of all items; doing it twice writes the same.
package enum JobFinisher {
  /// Failed attempts that `result.json` names.
  static let mostFailedAttempts = 100

  /// Sums up the shards that were published, and what was quarantined in those that were not.
  package static func totals(folder: JobFolder, plan: JobPlan) -> JobTotals {
    var totals = JobTotals()
    for shard in 0..<plan.shardCount {
      if let report = AttemptInquest.report(folder, shard: shard) {
        totals.add(report)
      } else {
        totals.addQuarantined(Quarantine.count(folder: folder, shard: shard))
      }
    }
    return totals
  }

  /// Writes the files of an ended job.
  ///
  /// - Parameters:
  ///   - job: The job, with the folder to write into.
  ///   - plan: nil when it can't be read.
  ///   - known: Its totals; nil to sum them up here.
  ///   - ending: State and, unless all went well, a sentence.
  ///   - failedAttempts: In the order in which they happened.
  ///   - path: Where the result is written.
  ///   - complain: Told of a report that could not be written, which is no reason to fail.
  /// - Returns: What `result.json` holds.
  /// - Throws: ``FileError`` when the result can't be written.
  package static func finish(
    job: SupervisedJob, plan: JobPlan?, totals known: JobTotals?,
    ending: (state: JobState, message: String?), failedAttempts: [JobResult.FailedAttempt],
    resultPath path: String,
    complain: (String) -> Void
  ) throws -> JobResult {
    let totals = known ?? plan.map { Self.totals(folder: job.folder, plan: $0) } ?? JobTotals()
    let shards = plan?.shardCount ?? 0
    try concatenateFailedItems(folder: job.folder, shards: shards)
    if totals.itemsDamaged > 0 {
      try concatenate(job.folder.damagedItems, shards: shards) {
        job.folder.damagedItems(shard: $0)
      }
    } else {
      try Files.removeTree(job.folder.damagedItems)
    }
    let result = JobResult(
      id: job.id, name: job.name, state: ending.state, message: ending.message,
      itemsTotal: plan?.items.count ?? 0, itemsDone: totals.itemsDone,
      itemsFailed: totals.itemsFailed, itemsSkipped: totals.itemsSkipped,
      itemsDamaged: totals.itemsDamaged > 0 ? totals.itemsDamaged : nil,
      filesWritten: totals.files, bytesWritten: totals.bytes,
      outputDirectory: plan?.output.directory ?? job.folder.outputs,
      submittedMilliseconds: job.submittedMilliseconds,
      startedMilliseconds: job.startedMilliseconds, endedMilliseconds: WallClock.milliseconds,
      stages: plan.map(totals.stages(of:)) ?? [], peakMemoryBytes: totals.peakMemoryBytes,
      model: totals.model, failedAttempts: Array(failedAttempts.prefix(mostFailedAttempts)))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let text = ShownJSON.text(String(decoding: try encoder.encode(result), as: UTF8.self))
    try AtomicFile.write(Array(text.utf8), to: path)
    do {
      try JobReport.write(folder: job.folder, result: result)
    } catch {
      complain("its report could not be written: \(error)")
    }
    return result
  }

  /// Joins the shards' lists of failed items into one, in the order of the shards.
  private static func concatenateFailedItems(folder: JobFolder, shards: Int) throws {
    try concatenate(folder.failedItems, shards: shards) { shard in
      let isDone = access(folder.done(shard: shard), F_OK) == 0
      return isDone ? folder.failedItems(shard: shard) : folder.quarantine(shard: shard)
    }
  }

  /// Joins a list of each shard into one, in the order of the shards; a shard may have none.
  private static func concatenate(
    _ path: String, shards: Int, _ list: (Int) -> String
  ) throws {
    let temporary = path + ".tmp"
    let output = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard output >= 0 else { throw FileError("create", temporary, errno) }
    let file = Descriptor(owning: output)
    for shard in 0..<shards {
      try append(list(shard), to: file, named: temporary)
    }
    guard fsync(file.number) == 0 else { throw FileError("sync", temporary, errno) }
    guard rename(temporary, path) == 0 else { throw FileError("rename", temporary, errno) }
  }

  private static func append(_ source: String, to file: Descriptor, named name: String) throws {
    let input: OpenFile
    do throws(FileError) { input = try OpenFile(reading: source) } catch {
      if error.isMissing { return }
      throw error
    }
    while true {
      let count = sendfile(file.number, input.descriptor, nil, 1 << 20)
      guard count >= 0 else { throw FileError("write", name, errno) }
      if count == 0 { return }
    }
  }
}
