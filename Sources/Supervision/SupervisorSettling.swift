import DurableFiles
import JobModel

/// Ends and pauses jobs once nothing of them is alive.
extension Supervisor {
  /// Takes the steps that jobs without workers are waiting for.
  func settle(at now: ContinuousClock.Instant) {
    let busy = Set(attempts.map(\.key.job) + failedStarts.map(\.key.job))
    for job in Array(jobs.values) where !busy.contains(job.id) && !isTroubled(job.id, at: now) {
      if let work = job.work, work.board.isFinished, job.state != .paused {
        let totals = JobFinisher.totals(folder: job.folder, plan: work.plan)
        let verdict = JobVerdict.judge(
          totals, items: work.plan.items.count, allowance: work.plan.failureAllowance)
        end(job, verdict.event, verdict.message, totals: totals, at: now)
      } else if let intention = job.intention {
        carryOut(intention, job, at: now)
      } else {
        troubled[job.id] = nil
      }
    }
  }

  private func carryOut(
    _ intention: SupervisedJob.Intention, _ job: SupervisedJob, at now: ContinuousClock.Instant
  ) {
    switch intention {
    case .cancel(let requester): end(job, .cancelled, "cancelled by \(requester)", at: now)
    case .fail(let sentence): end(job, .failed, sentence, at: now)
    case .pause(let reason, let needs):
      attemptStep(job, "record its pause", at: now) {
        if job.state == .paused {
          try ledger.stayPaused(job.id, message: reason)
        } else {
          job.state = try ledger.record(
            .paused, job: job, message: reason, waitsForRoom: needs != nil)
        }
        job.forgetIntention()
        job.diskNeed = needs
        job.work = nil
        if needs != nil { nextDiskLook = now + .seconds(settings.patienceSeconds) }
        log.write("paused: \(reason)", job: job.id)
      }
    }
  }

  /// Writes the result of a job and then, last, its final state.
  private func end(
    _ job: SupervisedJob, _ event: JobEvent, _ message: String?, totals: JobTotals? = nil,
    at now: ContinuousClock.Instant
  ) {
    attemptStep(job, "end it", at: now) {
      let plan = job.work?.plan ?? (try? JobPlanFile.read(job.folder))
      var state = job.state
      try state.apply(event)
      let failures = try ledger.failures(of: job.id)
      TemporaryFiles.sweep(job: job.id, folder: job.folder, plan: plan)
      var result: JobResult?
      if Files.exists(job.folder.path) {
        result = try JobFinisher.finish(
          job: job, plan: plan, totals: totals, ending: (state, message), failedAttempts: failures
        ) { log.write($0, level: .warning, job: job.id) }
      }
      job.state = try ledger.record(event, job: job, message: message)
      DurableBoundary.reached("supervisor.ended-job")
      jobs[job.id] = nil
      log.write("\(job.state.rawValue)\(message.map { ": \($0)" } ?? "")", job: job.id)
      if let result { onEnd?(result) }
    }
  }

  /// Lets jobs go on that waited for room on a disk.
  func lookAtDisks(at now: ContinuousClock.Instant) {
    guard let time = nextDiskLook, time <= now else { return }
    nextDiskLook = nil
    for job in jobs.values where job.state == .paused && job.intention == nil {
      guard let need = job.diskNeed else { continue }
      if let free = settings.freeBytes(need.folder), free >= need.neededBytes {
        resume(job, message: "there is room again on the disk of '\(need.folder)'", at: now)
      }
      if job.diskNeed != nil { nextDiskLook = now + .seconds(settings.patienceSeconds) }
    }
  }

  /// Lets a paused job go on; false when that could not be recorded.
  @discardableResult
  func resume(_ job: SupervisedJob, message: String, at now: ContinuousClock.Instant) -> Bool {
    attemptStep(job, "record that it goes on", at: now) {
      job.state = try ledger.record(.resumed, job: job, message: message)
      job.diskNeed = nil
      log.write("goes on: \(message)", job: job.id)
    }
  }
}
