package import DurableFiles
import FoundationEssentials
import Glibc
package import JobModel
package import Journal
import PipelineSpec

/// Reads from a job's folder what the journal should know of it.
package struct JobFinder {
  private let spool: SpoolFolder
  /// What a damaged journal still tells of a job.
  private let remembered: (JobID) -> JobRow?

  package init(_ spool: SpoolFolder, remembered: @escaping (JobID) -> JobRow? = { _ in nil }) {
    self.spool = spool
    self.remembered = remembered
  }

  /// Ids of all folders of jobs, in the order of hand-in.
  package static func ids(in spool: SpoolFolder) throws(FileError) -> [JobID] {
    try Files.names(in: spool.jobs).compactMap { JobID($0) }
  }

  /// The job in a folder.
  ///
  /// - Throws: When its plan can't be read; nothing can be done with the folder then.
  package func job(_ id: JobID) throws -> FoundJob {
    let folder = spool.job(id)
    let plan = try JobPlanFile.read(folder)
    let row = remembered(id)
    let result = Self.result(folder)
    let reports = (0..<plan.shardCount).map { AttemptInquest.report(folder, shard: $0) }
    let attempts = (0..<plan.shardCount).map { Self.attempts(folder, shard: $0) }
    let new = NewJob(
      id: id, name: plan.name, priority: row?.priority ?? plan.priority,
      submittedMilliseconds: result?.submittedMilliseconds ?? row?.submittedMilliseconds
        ?? Self.milliseconds(folder.spec),
      itemsTotal: plan.items.count, shardCount: plan.shardCount, threads: plan.limits.threads,
      outputDirectory: plan.output.directory, isHeld: false)
    let shards = zip(reports, attempts).map { report, attempts in
      FoundJob.Shard(
        isDone: report != nil, attempts: max(report?.attempt ?? 0, attempts.max() ?? 0),
        itemsDone: (report?.itemsDone ?? 0) + (report?.itemsSkipped ?? 0),
        itemsFailed: report?.itemsFailed ?? 0)
    }
    var job = FoundJob(job: new, state: .queued, shards: shards)
    job.failures = Self.failures(folder, attempts)
    job.startedMilliseconds = result?.startedMilliseconds ?? row?.startedMilliseconds
    if let result {
      job.state = result.state
      job.message = result.message
      job.endedMilliseconds = result.endedMilliseconds
    } else {
      takeOver(row, folder, hasBegun: attempts.contains { !$0.isEmpty }, &job)
    }
    return job
  }

  /// The state of a job that has not ended: what is remembered, else queued, or held where its spec says so.
  private func takeOver(_ row: JobRow?, _ folder: JobFolder, hasBegun: Bool, _ job: inout FoundJob)
  {
    if let row {
      job.state = row.state == .running ? .queued : row.state
      job.message = row.message
      job.endedMilliseconds = row.state.isFinal ? row.endedMilliseconds : nil
      job.wish = row.wish
      job.waitsForRoom = row.waitsForRoom
    } else if !hasBegun, let bytes = try? Files.read(folder.spec, limit: 1 << 20),
      PipelineSpec.parse(bytes).spec?.isHeld ?? false
    {
      job.state = .paused
      job.message = "held until somebody resumes it"
    }
  }

  private static func result(_ folder: JobFolder) -> JobResult? {
    guard let bytes = try? Files.read(folder.result) else { return nil }
    return try? JSONDecoder().decode(JobResult.self, from: Data(bytes))
  }

  /// Numbers of the attempts that have left logs, in order.
  private static func attempts(_ folder: JobFolder, shard: Int) -> [Int] {
    let path = AtomicFile.parent(of: folder.logs(shard: shard, attempt: 1))
    let prefix = "attempt-"
    return ((try? Files.names(in: path)) ?? []).filter { $0.hasPrefix(prefix) }
      .compactMap { Int($0.dropFirst(prefix.count)) }.filter { $0 > 0 }.sorted()
  }

  private static func failures(
    _ folder: JobFolder, _ attempts: [[Int]]
  ) -> [JobResult.FailedAttempt] {
    attempts.enumerated().flatMap { shard, numbers in
      numbers.compactMap { number in
        guard
          let bytes = SmallFile.bytes(
            folder.failure(shard: shard, attempt: number), limit: 1 << 20),
          let failure = try? JSONDecoder().decode(AttemptFailure.self, from: Data(bytes))
        else { return nil }
        return JobResult.FailedAttempt(shard: shard, attempt: number, failure: failure)
      }
    }
  }

  private static func milliseconds(_ path: String) -> Int {
    Files.status(path).map { $0.mtimeNanoseconds / 1_000_000 } ?? WallClock.milliseconds
  }
}
