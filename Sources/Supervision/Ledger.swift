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
  ///
  /// - Parameters:
  ///   - spool: Where their folders are.
  ///   - sequence: Only those handed in after the one of this number.
  ///   - last: Only those handed in before that, or it.
  ///   - limit: At most so many.
  /// - Returns: Each with its row.
  /// - Throws: `DatabaseError` when the journal can't be read.
  func openJobs(
    in spool: SpoolFolder, after sequence: Int = 0, through last: Int = .max, limit: Int = .max
  ) throws -> [(job: SupervisedJob, row: JobRow)] {
    try journal.reader.openJobs(after: sequence, through: last, limit: limit).map {
      (Self.job($0, folder: spool.job($0.id)), $0)
    }
  }

  /// Number of the job that was handed in last.
  func lastSequence() throws -> Int { try journal.reader.lastSequence() }

  /// A job, ended or not, or nil when there is none.
  func job(_ id: JobID, in spool: SpoolFolder) throws -> SupervisedJob? {
    try journal.reader.job(id).map { Self.job($0, folder: spool.job(id)) }
  }

  package func knows(_ id: JobID) throws -> Bool { try journal.reader.job(id) != nil }

  /// Attempts of a job that were never ended.
  func openAttempts(of job: JobID) throws -> [AttemptRow] {
    try journal.reader.openAttempts(of: job)
  }

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

  /// The first failures a person may want to see, in the order in which they happened.
  func failures(of job: JobID, limit: Int) throws -> [JobResult.FailedAttempt] {
    try journal.reader.countedFailures(of: job, limit: limit)
  }

  /// Reads some more of what running a job takes, as the journal has it; reports of shards are not read, there may be
  /// many and large ones.
  ///
  /// - Returns: True when nothing is left to read.
  func read(_ reading: inout JobReading, of job: JobID) throws -> Bool {
    if !reading.hasAllShards {
      return reading.take(
        try journal.reader.shards(
          of: job, after: reading.lastShard, limit: JobReading.part))
    }
    return reading.take(
      try journal.reader.failures(
        of: job, after: reading.lastFailure, limit: JobReading.part))
  }

  /// Shards of a job to which something has happened, by number, at most `limit` after the given one.
  func shards(of job: JobID, after number: Int, limit: Int) throws -> [ShardRow] {
    try journal.reader.shards(of: job, after: number, limit: limit)
  }

  /// Shards that a worker was given and that are not recorded as done.
  func runningShards(of job: JobID) throws -> [Int] { try journal.reader.runningShards(of: job) }

  /// Queues shards of a job again.
  func requeue(_ shards: [Int], of job: JobID) throws { try journal.requeue(shards, of: job) }

  func setPriority(_ priority: Int, of job: JobID) throws {
    try journal.setPriority(priority, of: job, at: now)
  }

  func retry(_ job: JobID, wish: JobWish, message: String) throws -> JobState {
    try journal.retry(job: job, wish: wish, message: message, at: now)
  }

  private static func job(_ row: JobRow, folder: JobFolder) -> SupervisedJob {
    SupervisedJob(
      id: row.id, name: row.name, folder: folder, sequence: row.sequence,
      submittedMilliseconds: row.submittedMilliseconds, priority: row.priority, state: row.state,
      startedMilliseconds: row.startedMilliseconds, threads: row.threads)
  }
}
