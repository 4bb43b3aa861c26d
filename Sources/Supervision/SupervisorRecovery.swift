import DurableFiles
import Glibc
package import JobModel
import Journal

/// Jobs that an earlier daemon left and that are not taken up yet.
struct Recovery {
  /// Jobs that are read from the journal in one go.
  static let part = 100

  /// A job, and when it may be tried again.
  struct Waiting {
    var job: SupervisedJob
    var row: JobRow
    var notBefore: ContinuousClock.Instant?
    var tries = 0
  }

  /// Order of hand-in of the last job that was read, and of the last there is to read.
  private(set) var last = 0
  let end: Int
  var hasAll = false
  var waiting: [Waiting] = []
  /// When the journal is read again after it could not be.
  var notBefore: ContinuousClock.Instant?

  init(through end: Int) { self.end = end }

  /// Takes in jobs that were read.
  mutating func take(_ jobs: [(job: SupervisedJob, row: JobRow)]) {
    waiting += jobs.map { Waiting(job: $0.job, row: $0.row) }
    last = jobs.last?.row.sequence ?? last
    hasAll = jobs.count < Self.part
    notBefore = nil
  }

  /// When something can be done, as far as that is in the future; nil when it can be now.
  var nextTime: ContinuousClock.Instant? {
    let times = waiting.map(\.notBefore) + (hasAll ? [] : [notBefore])
    return times.contains { $0 == nil } ? nil : times.compactMap(\.self).min()
  }
}

/// Takes up what an earlier daemon left.
extension Supervisor {
  /// Takes on all jobs that have not ended; to be called once, before the first ``tick(at:)``.
  ///
  /// A worker that still lives is ended first. What it published is believed; what it had not finished is queued
  /// again and costs no attempt. Unpublished files are removed.
  package func recover() throws {
    for (job, row) in try ledger.openJobs(in: spool) {
      let end = ContinuousClock.now + .seconds(10)
      while true {
        do {
          try takeUp(job, row)
          break
        } catch let error as OrphanError {
          guard .now < end else { throw error }
          Poller.wait(for: [], until: .now + .milliseconds(10))
        }
      }
    }
  }

  /// Has ``tick(at:)`` do what ``recover()`` does, a part at a time; a job that can't be taken up holds up no other.
  package func beginRecovery() throws { recovery = Recovery(through: try ledger.lastSequence()) }

  /// Has what clerks of an earlier daemon left behind removed.
  func sweepTemporary() {
    for name in (try? Files.names(in: spool.temporary)) ?? [] {
      // Clerks of this daemon may take the same names.
      let path = "\(spool.temporary)/\(name)"
      let doomed = "\(spool.temporary)/.gone-\(name)"
      let isRenamed = !name.hasPrefix(".gone-") && (try? Files.rename(path, doomed)) != nil
      broom.take(isRenamed ? doomed : path)
    }
  }

  func recoverSome(at now: ContinuousClock.Instant) {
    guard var left = recovery else { return }
    defer {
      recovery = left.hasAll && left.waiting.isEmpty ? nil : left
      if recovery != nil, left.nextTime.map({ $0 <= now }) ?? true { hasMore = true }
    }
    while .now < turnEnd {
      if let index = left.waiting.firstIndex(where: { $0.notBefore.map { $0 <= now } ?? true }) {
        var next = left.waiting.remove(at: index)
        do {
          try takeUp(next.job, next.row)
          troubled[next.job.id] = nil
        } catch {
          hold(&next, error, at: now)
          left.waiting.append(next)
        }
      } else if !left.hasAll, left.notBefore.map({ $0 <= now }) ?? true {
        do {
          left.take(
            try ledger.openJobs(
              in: spool, after: left.last, through: left.end, limit: Recovery.part))
        } catch {
          log.write("can't read the journal: \(error)", level: .error)
          left.notBefore = now + .seconds(settings.patienceSeconds)
        }
      } else {
        return
      }
    }
  }

  /// Looks at a worker that is about to end, before somebody is told that it doesn't.
  private static let quietTries = 100

  /// Leaves a job that can't be taken up for a while, longer each time.
  private func hold(
    _ waiting: inout Recovery.Waiting, _ error: any Error, at now: ContinuousClock.Instant
  ) {
    waiting.tries += 1
    if error is OrphanError, waiting.tries < Self.quietTries {
      waiting.notBefore = now + .milliseconds(50)
      return
    }
    let tries = error is OrphanError ? waiting.tries - Self.quietTries : waiting.tries - 1
    let seconds = min(60, settings.patienceSeconds * Double(1 << min(tries, 6)))
    waiting.notBefore = now + .bounded(seconds: seconds)
    let sentence = "can't take it up again: \(error)"
    if troubled[waiting.job.id]?.reason != sentence {
      log.write(
        "\(sentence); trying again in \(Watchdog.seconds(seconds))", level: .error,
        job: waiting.job.id)
    }
    troubled[waiting.job.id] = Trouble(reason: sentence, next: now + .bounded(seconds: seconds))
  }

  /// Takes on one job.
  private func takeUp(_ job: SupervisedJob, _ row: JobRow) throws {
    if !Files.exists(job.folder.path), Files.exists(spool.claim(job.id).path) {
      throw FileError("find", job.folder.path, ENOENT)
    }
    try endOrphans(of: job)
    try believePublished(job)
    // A job that nothing has happened to has left nothing.
    let plan = row.startedMilliseconds == nil ? nil : try? JobPlanFile.readOutline(job.folder)
    if row.startedMilliseconds != nil { sweep(job, plan) }
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
    try answerUnread(job, plan)
    heed(row.wish, of: job)
    admit(job)
  }

  /// Wants again what was asked of a job before the daemon went down.
  private func heed(_ wish: JobWish?, of job: SupervisedJob) {
    switch wish {
    case .cancel(let requester): job.intend(.cancel(by: requester))
    case .pause(let requester):
      job.intend(.pause(reason: Self.reason(pausedBy: requester), needs: nil))
    case .retry(let failedOnly, let requester):
      job.renewal = JobRenewal(failedOnly: failedOnly, requester: requester)
    case nil: break
    }
  }

  /// Removes what attempts left unpublished, none of whose workers is alive.
  private func sweep(_ job: SupervisedJob, _ plan: JobPlan?) {
    for name in (try? Files.names(in: job.folder.temporary)) ?? [] {
      broom.take("\(job.folder.temporary)/\(name)")
    }
    TemporaryFiles.sweepOutside(job: job.id, plan: plan)
  }

  /// Answers failures that workers had written and no daemon has read, as if they had just happened.
  private func answerUnread(_ job: SupervisedJob, _ plan: JobPlan?) throws {
    guard let plan, !job.unanswered.isEmpty else { return }
    var reading = JobReading(plan)
    while try !ledger.read(&reading, of: job.id) {}
    let history = reading.work.history
    for (key, failure) in job.unanswered {
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
    job.unanswered = []
  }

  /// Ends the workers of attempts that were never ended, and closes those attempts.
  private func endOrphans(of job: SupervisedJob) throws {
    let rows = try ledger.openAttempts(of: job.id)
    for row in rows { try endOrphan(row) }
    for row in rows {
      if AttemptInquest.summary(job.folder, shard: row.shard)?.attempt == row.number { continue }
      let key = Attempt.Key(job: row.job, shard: row.shard, number: row.number)
      if let written = AttemptInquest.written(job.folder, key), written.kind != .cancelled {
        try ledger.recordFailure(written, key: key)
        job.unanswered.append((key, written))
      } else {
        try ledger.recordFailure(
          AttemptFailure(kind: .interrupted, message: "the daemon or the machine went down"),
          key: key)
      }
    }
  }

  /// Ends a worker; one that was started but not noted leaves by itself, for its lifeline is cut, and its shard's lock
  /// tells when.
  private func endOrphan(_ row: AttemptRow) throws {
    if let pid = row.processID, let ticks = row.processStartTicks, let boot = row.bootID {
      let orphan = OrphanWorker(job: row.job, pid: Int32(pid), startTicks: ticks, bootID: boot)
      guard orphan.end(within: 0.03) else { throw OrphanError(pid: Int32(pid), job: row.job) }
    }
    let path = spool.job(row.job).lock(shard: row.shard)
    guard Files.exists(path), try FileLock.acquire(path) == nil else { return }
    throw OrphanError(pid: FileLock.holder(of: path) ?? 0, job: row.job)
  }

  /// Records shards that were published and not recorded.
  private func believePublished(_ job: SupervisedJob) throws {
    for shard in try ledger.runningShards(of: job.id) {
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
