import DurableFiles
import JobModel

/// A job whose end a clerk is summing up.
struct Finishing {
  let clerk: ClerkProcess
  let ending: FinishingOrder.Ending
}

/// Ends jobs: first the result is written, by a clerk where there are clerks, and then, last, the final state.
extension Supervisor {
  /// Clerks that sum up jobs at a time.
  private var mostFinishing: Int { settings.clerks?.atOnce ?? 0 }

  /// Times a job is summed up before it ends without a report.
  private static let mostFalls = 3

  /// Begins to end a job none of whose workers is alive.
  func end(_ job: SupervisedJob, _ ending: FinishingOrder.Ending, at now: ContinuousClock.Instant) {
    guard Files.exists(job.folder.path) else { return endWithoutFolder(job, ending, at: now) }
    guard let clerks = settings.clerks else { return endHere(job, ending, at: now) }
    guard !isStopping, finishing.count < mostFinishing else { return }
    attemptStep(job, "sum it up", at: now) {
      try ClerkFile.write(try order(job, ending), to: job.folder.finishingOrder)
      try Files.removeTree(job.folder.finishingOutcome)
      let clerk = try ClerkProcess.start(
        .finish, job.folder.path, talk: job.folder.clerkTalk, settings: clerks)
      finishing[job.id] = Finishing(clerk: clerk, ending: ending)
    }
  }

  /// Records the ends of jobs that clerks have summed up.
  func collectFinished(at now: ContinuousClock.Instant) {
    for (id, finished) in finishing {
      guard let ending = finished.clerk.look(at: now) else { continue }
      finishing[id] = nil
      guard let job = jobs[id] else { continue }
      switch ending {
      case .done: finish(job, finished.ending, at: now)
      case .stopped: break
      case .passing(let reason): postpone(job, "can't sum it up now: \(reason)", at: now)
      case .unfinished:
        fell(job, "left with an answer to another question", finished.ending, at: now)
      case .fell(let reason): fell(job, reason, finished.ending, at: now)
      }
    }
  }

  private func finish(
    _ job: SupervisedJob, _ ending: FinishingOrder.Ending, at now: ContinuousClock.Instant
  ) {
    let outcome: FinishingOutcome
    do {
      outcome = try ClerkFile.read(FinishingOutcome.self, from: job.folder.finishingOutcome)
    } catch {
      return fell(job, "left no outcome: \(error)", ending, at: now)
    }
    for complaint in outcome.complaints { log.write(complaint, level: .warning, job: job.id) }
    attemptStep(job, "end it", at: now) {
      try showResult(of: job)
      for path in [job.folder.finishingOrder, job.folder.finishingOutcome, job.folder.clerkTalk] {
        try Files.removeTree(path)
      }
      try record(outcome.event, outcome.message, of: job)
    }
  }

  /// A job that can't be summed up ends all the same, as its journal has it.
  private func fell(
    _ job: SupervisedJob, _ reason: String, _ ending: FinishingOrder.Ending,
    at now: ContinuousClock.Instant
  ) {
    let count = finishFalls[job.id, default: 0] + 1
    finishFalls[job.id] = count
    log.write(
      "summing it up failed, \(count) of \(Self.mostFalls) times: its process \(reason)",
      level: .warning, job: job.id)
    guard count >= Self.mostFalls else { return }
    finishFalls[job.id] = nil
    attemptStep(job, "end it", at: now) {
      let (event, message) = verdict(ending, job)
      let note = "it could not be summed up: the process that did it \(reason)"
      try record(event, [message, note].compactMap(\.self).joined(separator: "; "), of: job)
    }
  }

  private func verdict(
    _ ending: FinishingOrder.Ending, _ job: SupervisedJob
  ) -> (event: JobEvent, message: String?) {
    switch ending {
    case .given(let event, let message): (event, message)
    case .judged:
      job.work.map {
        JobVerdict.judge(
          $0.progress, items: $0.plan.items.count, allowance: $0.plan.failureAllowance)
      } ?? (.failed, nil)
    }
  }

  /// Leaves a job alone until what the machine lacks for now may be there, longer each time in a row.
  func postpone(
    _ job: SupervisedJob, _ reason: String, times: Int = 1, at now: ContinuousClock.Instant
  ) {
    let seconds = min(60, settings.patienceSeconds * Double(1 << min(times - 1, 6)))
    log.write(
      "\(reason); trying again in \(Watchdog.seconds(seconds))", level: .warning, job: job.id)
    troubled[job.id] = Trouble(reason: reason, next: now + .bounded(seconds: seconds))
  }

  private func endHere(
    _ job: SupervisedJob, _ ending: FinishingOrder.Ending, at now: ContinuousClock.Instant
  ) {
    attemptStep(job, "end it", at: now) {
      let (outcome, result) = try FinishingClerk.finish(
        try order(job, ending), folder: job.folder)
      for complaint in outcome.complaints { log.write(complaint, level: .warning, job: job.id) }
      try showResult(of: job)
      try record(outcome.event, outcome.message, of: job)
      onEnd?(result)
    }
  }

  /// Somebody removed the job's folder: there is nothing to sum up and nowhere to write it.
  private func endWithoutFolder(
    _ job: SupervisedJob, _ ending: FinishingOrder.Ending, at now: ContinuousClock.Instant
  ) {
    attemptStep(job, "end it", at: now) {
      let (event, message) = verdict(ending, job)
      try record(event, message, of: job)
    }
  }

  /// Whoever sees a result takes the job for ended, so that it appears right before that is recorded.
  private func showResult(of job: SupervisedJob) throws {
    if Files.exists(job.folder.newResult) {
      try Files.rename(job.folder.newResult, job.folder.result)
      try AtomicFile.syncDirectory(job.folder.path)
    }
    DurableBoundary.reached("supervisor.wrote-result")
  }

  private func record(_ event: JobEvent, _ message: String?, of job: SupervisedJob) throws {
    job.state = try ledger.record(event, job: job, message: message)
    DurableBoundary.reached("supervisor.ended-job")
    jobs[job.id] = nil
    finishFalls[job.id] = nil
    log.write("\(job.state.rawValue)\(message.map { ": \($0)" } ?? "")", job: job.id)
  }

  private func order(
    _ job: SupervisedJob, _ ending: FinishingOrder.Ending
  ) throws -> FinishingOrder {
    FinishingOrder(
      id: job.id, name: job.name, state: job.state,
      submittedMilliseconds: job.submittedMilliseconds,
      startedMilliseconds: job.startedMilliseconds, ending: ending,
      failedAttempts: try ledger.failures(of: job.id, limit: JobFinisher.mostFailedAttempts))
  }
}
