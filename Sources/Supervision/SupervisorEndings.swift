import DurableFiles
import FileNames
import Glibc
import JobModel

/// What follows when a worker is gone.
extension Supervisor {
  /// Records the attempts whose workers are gone, with everything of their sessions.
  func collectEnded(at now: ContinuousClock.Instant) {
    for attempt in attempts where attempt.process.isCleared() {
      guard .now < turnEnd else {
        hasMore = true
        return
      }
      let key = attempt.key
      guard let job = jobs[key.job], let plan = job.work?.plan else {
        attempts.removeAll { $0 === attempt }
        continue
      }
      if isTroubled(job.id, at: now), !isStopping { continue }
      let taken = attemptStep(job, "record the end of shard \(key.shard)", at: now) {
        switch AttemptInquest(folder: job.folder, plan: plan).ending(of: attempt) {
        case .published(let report): try published(report, key, job)
        case .failed(let failure): try failed(failure, key, job, plan, at: now)
        }
      }
      if taken {
        attempts.removeAll { $0 === attempt }
        applyStops(job, at: now)
      } else if isStopping {
        // The daemon must be able to leave; the next one finds the attempt open and closes it.
        attempts.removeAll { $0 === attempt }
      }
    }
  }

  /// Records the attempts whose workers could not even be started.
  func collectFailedStarts(at now: ContinuousClock.Instant) {
    for (key, failure, isPassing) in failedStarts {
      guard let job = jobs[key.job], let plan = job.work?.plan, !isTroubled(job.id, at: now) else {
        continue
      }
      let taken = attemptStep(job, "record that shard \(key.shard) could not start", at: now) {
        try failed(failure, key, job, plan, at: now)
      }
      guard taken else { continue }
      failedStarts.removeAll { $0.key == key }
      applyStops(job, at: now)
      if isPassing {
        startPasses[job.id, default: 0] += 1
        postpone(
          job, "a worker can't be started now: \(failure.message)",
          times: startPasses[job.id, default: 1], at: now)
      }
    }
  }

  /// A job that can't go on as it is has no use for its other workers.
  private func applyStops(_ job: SupervisedJob, at now: ContinuousClock.Instant) {
    if job.intention != nil { stopAttempts(of: job, at: now) }
  }

  private func published(
    _ report: ShardReport, _ key: Attempt.Key, _ job: SupervisedJob
  ) throws {
    try ledger.recordDone(report, job: key.job)
    DurableBoundary.reached("supervisor.recorded-shard")
    job.work?.board.finish(key.shard)
    job.work?.progress.add(report)
    job.fullDisks = 0
    log.write(
      "shard \(key.shard) done: \(report.itemsDone) items, \(report.itemsFailed) failed, "
        + Watchdog.seconds(report.seconds), job: job.id)
  }

  /// Answers a failure as ``AttemptPolicy`` says.
  private func failed(
    _ failure: AttemptFailure, _ key: Attempt.Key, _ job: SupervisedJob, _ plan: JobPlan,
    at now: ContinuousClock.Instant
  ) throws {
    var history = job.work?.history ?? JobHistory()
    history.record(failure, shard: key.shard)
    let decision = AttemptPolicy.decide(
      after: failure, shard: key.shard, history: history, retry: plan.retry)
    CrashRecord.write(failure, folder: job.folder, shard: key.shard, attempt: key.number)
    if case .quarantine(let item) = decision {
      try Quarantine.add(item, folder: job.folder, shard: key.shard)
    }
    try ledger.recordFailure(failure, key: key)
    broom.take(job.folder.temporary(shard: key.shard, attempt: key.number))
    TemporaryFiles.sweepOutside(of: key, folder: job.folder, plan: plan)
    job.work?.history = history
    carryOut(decision, failure, key, job, plan, at: now)
  }

  private func carryOut(
    _ decision: AttemptDecision, _ failure: AttemptFailure, _ key: Attempt.Key,
    _ job: SupervisedJob, _ plan: JobPlan, at now: ContinuousClock.Instant
  ) {
    var start: ContinuousClock.Instant?
    var next = "again"
    switch decision {
    case .retry(let seconds, let oneByOne):
      if seconds > 0 { start = now + .bounded(seconds: seconds) }
      let pause = seconds > 0 ? " in \(Watchdog.seconds(seconds))" : ""
      next = (oneByOne && !plan.isTask ? "again, item by item" : "again") + pause
    case .quarantine(let item):
      next = "again without '\(item.id.shown)', which is quarantined"
    case .failJob(let sentence):
      next = "the job fails"
      job.intend(.fail(sentence))
    case .waitForSpace:
      next = "when there is room"
      let need = need(of: job, plan)
      job.intend(.pause(reason: need.sentence, needs: need))
    case .requeue:
      next = "queued again"
    }
    job.work?.board.requeue(key.shard, notBefore: start)
    let item = failure.itemID.map { ", item '\($0.shown)'" } ?? ""
    let level: LogLine.Level = failure.isNobodysFault ? .info : .warning
    log.write(
      "shard \(key.shard) attempt \(key.number): \(failure.sentence)\(item); \(next)", level: level,
      job: job.id)
  }

  /// Room to wait for after a disk was full: more each time, or a disk with a little room would be tried again
  /// and again.
  private func need(of job: SupervisedJob, _ plan: JobPlan) -> DiskNeed {
    let folders = [plan.output.directory, job.folder.path]
    let tightest = folders.min {
      settings.freeBytes($0) ?? .max < settings.freeBytes($1) ?? .max
    }
    let folder = tightest ?? job.folder.path
    let free = settings.freeBytes(folder) ?? 0
    let more = (4 << 20) << min(job.fullDisks, 8)
    job.fullDisks += 1
    return DiskNeed(
      folder: folder, freeBytes: free, neededBytes: max(settings.diskReserveBytes, free + more))
  }
}

extension AttemptFailure {
  fileprivate var isNobodysFault: Bool { kind == .cancelled || kind == .interrupted }
}

/// What an attempt leaves behind when it does not publish.
enum TemporaryFiles {
  /// Removes what an attempt has left outside of its job's folder; what can't be removed is swept when the job ends.
  static func sweepOutside(of key: Attempt.Key, folder: JobFolder, plan: JobPlan) {
    guard let results = try? HeldFolder(plan.output.directory) else { return }
    let path = folder.temporary(shard: key.shard, attempt: key.number)
    SpareFolder.sweep(in: results, prefix: "\(key.job)-\(AtomicFile.lastComponent(of: path))-")
  }

  /// Removes all unpublished files of a job none of whose workers is alive.
  static func sweep(job: JobID, folder: JobFolder, plan: JobPlan?) {
    try? Files.removeTree(folder.temporary)
    sweepOutside(job: job, plan: plan)
  }

  /// The same for those outside of its folder.
  static func sweepOutside(job: JobID, plan: JobPlan?) {
    if let model = plan?.output.model {
      try? Files.removeTree(model.staging(job: job.text))
    }
    guard let directory = plan?.output.directory, let results = try? HeldFolder(directory) else {
      return
    }
    SpareFolder.sweep(in: results, prefix: "\(job)-")
  }
}
