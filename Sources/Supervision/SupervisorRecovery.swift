import DurableFiles
package import JobModel
import Journal

/// Takes up what an earlier daemon left.
extension Supervisor {
  /// Takes on all jobs that have not ended; to be called once, before the first ``tick(at:)``.
  ///
  /// A worker that still lives is ended first. What it published is believed; what it had not finished is queued
  /// again and costs no attempt. Unpublished files are removed.
  package func recover() throws {
    let failed = try endOrphans()
    for (job, row) in try ledger.openJobs(in: spool) {
      try believePublished(job)
      let plan = try? JobPlanFile.read(job.folder)
      TemporaryFiles.sweep(job: job.id, folder: job.folder, plan: plan)
      if job.state == .running {
        job.state = try ledger.record(
          .interrupted, job: job, message: "the daemon or the machine went down")
        log.write("interrupted; its unfinished shards are queued again", job: job.id)
      }
      if job.state == .paused, row.waitsForRoom {
        job.diskNeed = DiskNeed(
          folder: row.outputDirectory, freeBytes: 0, neededBytes: settings.diskReserveBytes)
        nextDiskLook = .now
      }
      try answer(failed[job.id] ?? [], of: job, plan)
      takeUp(row.wish, of: job)
      admit(job)
    }
  }

  /// Wants again what was asked of a job before the daemon went down.
  private func takeUp(_ wish: JobWish?, of job: SupervisedJob) {
    switch wish {
    case .cancel(let requester): job.intend(.cancel(by: requester))
    case .pause(let requester):
      job.intend(.pause(reason: Self.reason(pausedBy: requester), needs: nil))
    case nil: break
    }
  }

  /// Answers failures that workers had written and no daemon has read, as if they had just happened.
  private func answer(
    _ failures: [(key: Attempt.Key, failure: AttemptFailure)], of job: SupervisedJob,
    _ plan: JobPlan?
  ) throws {
    guard let plan, !failures.isEmpty else { return }
    let history = try ledger.work(of: job.id, plan: plan).history
    for (key, failure) in failures {
      let decision = AttemptPolicy.decide(
        after: failure, shard: key.shard, history: history, retry: plan.retry)
      switch decision {
      case .failJob(let sentence): job.intend(.fail(sentence))
      case .quarantine(let item): try Quarantine.add(item, folder: job.folder, shard: key.shard)
      case .retry, .waitForSpace, .requeue: break
      }
      log.write(
        "shard \(key.shard) attempt \(key.number) had failed: \(failure.sentence)",
        level: .warning, job: job.id)
    }
  }

  /// Ends the workers of attempts that were never ended, and closes those attempts.
  ///
  /// - Returns: By job, the failures that their workers had written before the daemon went down.
  private func endOrphans() throws -> [JobID: [(key: Attempt.Key, failure: AttemptFailure)]] {
    var failed: [JobID: [(key: Attempt.Key, failure: AttemptFailure)]] = [:]
    for row in try ledger.openAttempts() {
      if let pid = row.processID, let ticks = row.processStartTicks, let boot = row.bootID {
        let orphan = OrphanWorker(
          job: row.job, pid: Int32(pid), startTicks: ticks, bootID: boot)
        guard orphan.end() else { throw OrphanError(pid: Int32(pid), job: row.job) }
      }
      try waitForLock(of: row)
      if AttemptInquest.summary(spool.job(row.job), shard: row.shard)?.attempt == row.number {
        continue
      }
      let key = Attempt.Key(job: row.job, shard: row.shard, number: row.number)
      if let written = AttemptInquest.written(spool.job(row.job), key),
        written.kind != .cancelled
      {
        try ledger.recordFailure(written, key: key)
        failed[row.job, default: []].append((key, written))
      } else {
        try ledger.recordFailure(
          AttemptFailure(kind: .interrupted, message: "the daemon or the machine went down"),
          key: key)
      }
    }
    return failed
  }

  /// A worker that was started but not noted leaves by itself, for its lifeline is cut; its shard's lock tells when.
  private func waitForLock(of row: AttemptRow) throws {
    let path = spool.job(row.job).lock(shard: row.shard)
    guard Files.exists(path) else { return }
    for _ in 0..<1000 {
      if try FileLock.acquire(path) != nil { return }
      Poller.wait(for: [], until: .now + .milliseconds(10))
    }
    throw OrphanError(pid: FileLock.holder(of: path) ?? 0, job: row.job)
  }

  /// Records shards that were published and not recorded.
  private func believePublished(_ job: SupervisedJob) throws {
    for shard in try ledger.unfinishedShards(of: job.id) {
      guard let report = AttemptInquest.summary(job.folder, shard: shard) else { continue }
      try ledger.recordDone(report, job: job.id)
      DurableBoundary.reached("supervisor.recorded-shard")
      log.write("shard \(shard) was published before the daemon went down", job: job.id)
    }
  }
}

/// A worker of an earlier daemon that can't be ended.
package struct OrphanError: Error, Hashable, CustomStringConvertible {
  package let pid: Int32
  package let job: JobID

  package var description: String {
    "process \(pid) works on job \(job) for a daemon that is gone, and can't be ended; "
      + "end it by hand and start latticed again"
  }
}
