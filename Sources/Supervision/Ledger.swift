import DurableFiles
package import JobModel
package import Journal

/// What the supervisor writes down and reads back: the journal, in the supervisor's own terms.
package struct Ledger {
  private let journal: Journal

  package init(_ journal: Journal) { self.journal = journal }

  private var now: Int { WallClock.milliseconds }

  /// Inserts a job that was just planned; one that is there already is left as it is.
  package func insert(
    _ id: JobID, plan: JobPlan, folder: JobFolder, isHeld: Bool
  ) throws -> SupervisedJob {
    let new = NewJob(
      id: id, name: plan.name, priority: plan.priority, submittedMilliseconds: now,
      itemsTotal: plan.items.count, shardCount: plan.shardCount, threads: plan.limits.threads,
      outputDirectory: plan.output.directory, isHeld: isHeld)
    return Self.job(try journal.insert(new), folder: folder)
  }

  /// Inserts a job that a clerk planned; one that is there already is left as it is.
  func insert(_ id: JobID, _ job: PlannedJob, folder: JobFolder) throws -> SupervisedJob {
    let new = NewJob(
      id: id, name: job.name, priority: job.priority, submittedMilliseconds: now,
      itemsTotal: job.itemCount, shardCount: job.shardCount, threads: job.threads,
      outputDirectory: job.outputDirectory, isHeld: job.isHeld)
    return Self.job(try journal.insert(new), folder: folder)
  }

  /// Jobs that have not ended, with why they are in their state and where they write.
  func openJobs(in spool: SpoolFolder) throws -> [(job: SupervisedJob, row: JobRow)] {
    try journal.reader.openJobs().map { (Self.job($0, folder: spool.job($0.id)), $0) }
  }

  /// A job, ended or not, or nil when there is none.
  func job(_ id: JobID, in spool: SpoolFolder) throws -> SupervisedJob? {
    try journal.reader.job(id).map { Self.job($0, folder: spool.job(id)) }
  }

  package func knows(_ id: JobID) throws -> Bool { try journal.reader.job(id) != nil }

  /// Attempts that were never ended, of all jobs.
  func openAttempts() throws -> [AttemptRow] { try journal.reader.openAttempts() }

  func record(
    _ event: JobEvent, job: SupervisedJob, message: String?, waitsForRoom: Bool = false
  ) throws -> JobState {
    try journal.record(event, job: job.id, message: message, waitsForRoom: waitsForRoom, at: now)
  }

  /// Writes down what a person asks of a job, before anything is done about it.
  func setWish(_ wish: JobWish?, of job: JobID) throws {
    try journal.setWish(wish, of: job, at: now)
  }

  func stayPaused(_ job: JobID, message: String) throws {
    try journal.stayPaused(job, message: message, at: now)
  }

  func refuse(_ reason: String, job: JobID) throws {
    try journal.refuse(reason, job: job, at: now)
  }

  func lease(_ key: Attempt.Key) throws -> JobState {
    try journal.lease(job: key.job, shard: key.shard, attempt: key.number, at: now)
  }

  func noteWorker(_ process: WorkerProcess, key: Attempt.Key) throws {
    try journal.noteWorker(
      job: key.job, shard: key.shard, attempt: key.number, processID: Int(process.pid),
      startTicks: process.startTicks, bootID: ProcessTable.bootID)
  }

  func recordDone(_ report: ShardReport, job: JobID) throws {
    try journal.recordDone(report, job: job, at: now)
  }

  func recordFailure(_ failure: AttemptFailure, key: Attempt.Key) throws {
    try journal.recordFailure(
      failure, job: key.job, shard: key.shard, attempt: key.number, at: now)
  }

  /// Failures a person may want to see, in the order in which they happened.
  func failures(of job: JobID) throws -> [JobResult.FailedAttempt] {
    try journal.reader.failures(of: job, sinceRetry: true).filter {
      $0.failure.kind != .cancelled && $0.failure.kind != .interrupted
    }
  }

  /// What running a job takes, as the journal has it; reports of shards are not read, there may be many and large ones.
  func work(of job: JobID, plan: JobPlan) throws -> JobWork {
    let rows = try journal.reader.shards(of: job)
    var isDone = [Bool](repeating: false, count: plan.shardCount)
    var attempts: [Int: Int] = [:]
    var progress = JobTotals()
    for row in rows where isDone.indices.contains(row.number) {
      isDone[row.number] = row.state == .done
      if row.attempts > 0 { attempts[row.number] = row.attempts }
      if row.state == .done { progress.add(itemsDone: row.itemsDone, itemsFailed: row.itemsFailed) }
    }
    var history = JobHistory()
    for failed in try journal.reader.failures(of: job, sinceRetry: true) {
      history.record(failed.failure, shard: failed.shard)
    }
    let board = ShardBoard(isDone: isDone, attempts: attempts, reduceShard: plan.reduceShard)
    return JobWork(plan: plan, board: board, history: history, progress: progress)
  }

  /// Shards that are not recorded as done.
  func unfinishedShards(of job: JobID) throws -> [Int] {
    try journal.reader.shards(of: job).filter { $0.state != .done }.map(\.number)
  }

  func setPriority(_ priority: Int, of job: JobID) throws {
    try journal.setPriority(priority, of: job, at: now)
  }

  func retry(shards: [Int], job: JobID, message: String) throws -> JobState {
    try journal.retry(job: job, shards: shards, message: message, at: now)
  }

  private static func job(_ row: JobRow, folder: JobFolder) -> SupervisedJob {
    SupervisedJob(
      id: row.id, name: row.name, folder: folder, sequence: row.sequence,
      submittedMilliseconds: row.submittedMilliseconds, priority: row.priority, state: row.state,
      startedMilliseconds: row.startedMilliseconds, threads: row.threads)
  }
}
