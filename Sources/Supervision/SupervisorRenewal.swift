import DurableFiles
import FileNames
import JobModel
import Journal
import WorkerLink

/// Another try of an ended job that somebody asked for, until all of its shards are queued again.
///
/// It is in the journal as the job's wish, and every part of it can be done twice: what a crash left is begun anew.
struct JobRenewal {
  /// Keeps shards none of whose items failed.
  let failedOnly: Bool
  let requester: String
  /// The last shard that was looked at.
  var lastShard = -1
  /// Shards that are kept.
  var kept = 0
  /// True once only a task's files are left.
  var hasAllShards = false

  init(failedOnly: Bool, requester: String) {
    self.failedOnly = failedOnly
    self.requester = requester
  }
}

/// Takes ended jobs up again.
extension Supervisor {
  /// Shards that are taken back in one go.
  private static let part = 64

  /// Queues an ended job again; shards that are kept stay published.
  ///
  /// - Throws: When it can't be recorded; the job has ended then as before.
  func retry(_ job: SupervisedJob, failedOnly: Bool, requester: String) throws {
    var state = job.state
    try state.apply(.retried)
    _ = try JobPlanFile.readOutline(job.folder)
    // Whoever sees a result takes the job for ended.
    try Files.removeTree(job.folder.result)
    try AtomicFile.syncDirectory(job.folder.path)
    let wish = JobWish.retry(failedOnly: failedOnly, by: requester)
    job.state = try ledger.retry(job.id, wish: wish, message: "retried by \(requester)")
    DurableBoundary.reached("supervisor.retried-job")
    job.renewal = JobRenewal(failedOnly: failedOnly, requester: requester)
    admit(job)
  }

  /// Takes back, as far as the turn allows, what was published of jobs that are to run again.
  func renewSome(at now: ContinuousClock.Instant) {
    for job in Array(jobs.values) where job.renewal != nil && !isTroubled(job.id, at: now) {
      attemptStep(job, "take back what was published of it", at: now) { try renew(job) }
      if job.renewal != nil, !isTroubled(job.id, at: now) { hasMore = true }
    }
  }

  private func renew(_ job: SupervisedJob) throws {
    guard var renewal = job.renewal else { return }
    let plan: JobPlan
    do {
      plan = try JobPlanFile.readOutline(job.folder)
    } catch {
      if let error = error as? FileError, error.isPassing { throw error }
      // It fails for that reason when its turn comes.
      try ledger.setWish(nil, of: job.id)
      job.renewal = nil
      return
    }
    while !renewal.hasAllShards {
      guard .now < turnEnd else { return }
      try takeBackSome(of: job, plan, &renewal)
      job.renewal = renewal
    }
    guard renewal.failedOnly || isTaskForgotten(job.folder) else { return }
    try AtomicFile.syncDirectory(job.folder.path)
    try ledger.setWish(nil, of: job.id)
    job.renewal = nil
    let count = plan.shardCount - renewal.kept
    log.write(
      "\(renewal.requester) asks for another try: \(count) of \(plan.shardCount) shards",
      job: job.id)
  }

  private func takeBackSome(
    of job: SupervisedJob, _ plan: JobPlan, _ renewal: inout JobRenewal
  ) throws {
    let rows = try ledger.shards(of: job.id, after: renewal.lastShard, limit: Self.part)
    var doomed: [Int] = []
    for row in rows {
      let isKept = renewal.failedOnly && row.state == .done && row.itemsFailed == 0
      // The last one sums up the others.
      let isStale = row.number == plan.reduceShard && renewal.kept < plan.items.shardCount
      if isKept, !isStale { renewal.kept += 1 } else { doomed.append(row.number) }
    }
    if !doomed.isEmpty {
      for shard in doomed { try forget(shard, of: job.folder) }
      if Files.exists(job.folder.shards) { try AtomicFile.syncDirectory(job.folder.shards) }
      try ledger.requeue(doomed, of: job.id)
    }
    renewal.lastShard = rows.last?.number ?? renewal.lastShard
    renewal.hasAllShards = rows.count < Self.part
    DurableBoundary.reached("supervisor.took-back-shards")
  }

  /// Takes back that a shard is published, keeping a list of its files for the worker that publishes it again.
  private func forget(_ shard: Int, of folder: JobFolder) throws {
    try PreviousOutputs.keep(shard: shard, in: folder)
    for path in [
      folder.failedItems(shard: shard), folder.damagedItems(shard: shard),
      folder.quarantine(shard: shard),
      folder.itemMetadata(shard: shard),
    ] { try Files.removeTree(path) }
  }

  /// Lets a task begin anew instead of going on from its checkpoint, and publish another version of its model.
  ///
  /// - Returns: True once nothing is left.
  private func isTaskForgotten(_ folder: JobFolder) -> Bool {
    [folder.taskStates, folder.metricsFolder, folder.modelPublication].allSatisfy { path in
      (try? Files.removeTree(FileName(path)) { .now < turnEnd }) ?? false
    }
  }
}
