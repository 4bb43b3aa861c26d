import DurableFiles
import FoundationEssentials
package import JobModel
import WorkerLink

/// Does what people ask of jobs.
extension Supervisor {
  /// Takes a request; its effect may take some ticks.
  ///
  /// - Returns: False when what is asked could not be written down, so that the request has to be kept and taken again.
  @discardableResult
  package func apply(_ request: ControlRequest, at now: ContinuousClock.Instant) -> Bool {
    guard let job = jobs[request.job] else { return applyToEnded(request, at: now) }
    log.write("\(request.requester) asks: \(request.action.words)", job: job.id)
    switch request.action {
    case .cancel:
      return intend(.cancel(by: request.requester), of: job, at: now) {
        try ledger.setWish(.cancel(by: request.requester), of: job.id)
      }
    case .pause:
      let reason = Self.reason(pausedBy: request.requester)
      return intend(.pause(reason: reason, needs: nil), of: job, at: now) {
        // A wish to cancel is stronger, and is not forgotten for this one.
        if case .cancel = job.intention { return }
        try ledger.setWish(.pause(by: request.requester), of: job.id)
      }
    case .resume:
      if case .pause = job.intention {
        let isWritten = attemptStep(job, "record what is asked of it", at: now) {
          try ledger.setWish(nil, of: job.id)
        }
        guard isWritten else { return false }
        job.forgetIntention()
      }
      guard job.state == .paused else { return true }
      return resume(job, message: "resumed by \(request.requester)", at: now)
    case .retry:
      refuse(request, "there is nothing to retry yet: it has not ended")
    case .setPriority(let priority):
      return attemptStep(job, "record its priority", at: now) {
        try ledger.setPriority(priority, of: job.id)
        job.priority = priority
      }
    }
    return true
  }

  static func reason(pausedBy requester: String) -> String { "paused by \(requester)" }

  /// Wants something of a job once that is written down.
  private func intend(
    _ intention: SupervisedJob.Intention, of job: SupervisedJob, at now: ContinuousClock.Instant,
    _ write: () throws -> Void
  ) -> Bool {
    let isWritten = attemptStep(job, "record what is asked of it", at: now, write)
    guard isWritten else { return false }
    DurableBoundary.reached("control.noted-wish")
    if case .pause = intention, job.state == .paused { job.diskNeed = nil }
    job.intend(intention)
    stopAttempts(of: job, at: now)
    return true
  }

  private func applyToEnded(_ request: ControlRequest, at now: ContinuousClock.Instant) -> Bool {
    do {
      guard let job = try ledger.job(request.job, in: spool) else {
        log.write(
          "\(request.requester) asks of a job that is not known: \(request.action.words)",
          level: .warning, job: request.job)
        return true
      }
      guard case .retry(let failedOnly) = request.action else {
        refuse(request, "it has ended (\(job.state.rawValue))")
        return true
      }
      guard !failedOnly || job.state != .succeeded else {
        refuse(request, "nothing of it failed; 'retry --everything' runs it again all the same")
        return true
      }
      try retry(job, failedOnly: failedOnly, requester: request.requester)
    } catch {
      refuse(request, "\(error)")
    }
    return true
  }

  /// Says why a request is not heeded, in the log and to whoever waits for its effect.
  private func refuse(_ request: ControlRequest, _ reason: String) {
    log.write(
      "not done, as \(request.requester) asked: \(request.action.words): \(reason)",
      level: .warning, job: request.job)
    do {
      try ledger.refuse(reason, job: request.job)
    } catch {
      log.write("can't record that: \(error)", level: .error, job: request.job)
    }
  }

  /// Queues an ended job again; shards that are kept stay published.
  ///
  /// Everything is done again when it is asked for twice: a crash in the middle leaves the job ended.
  private func retry(_ job: SupervisedJob, failedOnly: Bool, requester: String) throws {
    var state = job.state
    try state.apply(.retried)
    let plan = try JobPlanFile.read(job.folder)
    var shards = (0..<plan.items.shardCount).filter { shard in
      guard failedOnly, let report = AttemptInquest.summary(job.folder, shard: shard) else {
        return true
      }
      return report.itemsFailed > 0
    }
    if let reduce = plan.reduceShard,
      !shards.isEmpty || AttemptInquest.summary(job.folder, shard: reduce) == nil
    {
      shards.append(reduce)
    }
    for shard in shards { try forget(shard, of: job.folder) }
    try Files.removeTree(job.folder.result)
    if !failedOnly { try forgetTask(of: job.folder) }
    for folder in [job.folder.shards, job.folder.path] where Files.exists(folder) {
      try AtomicFile.syncDirectory(folder)
    }
    job.state = try ledger.retry(shards: shards, job: job.id, message: "retried by \(requester)")
    log.write(
      "\(requester) asks for another try: \(shards.count) of \(plan.shardCount) shards", job: job.id
    )
    admit(job)
  }

  /// Takes back that a shard is published, keeping a list of its files for the worker that publishes it again.
  private func forget(_ shard: Int, of folder: JobFolder) throws {
    if let report = AttemptInquest.report(folder, shard: shard) {
      try PreviousOutputs.keep(report, in: folder)
    }
    for path in [
      folder.done(shard: shard), folder.failedItems(shard: shard),
      folder.damagedItems(shard: shard),
      folder.quarantine(shard: shard), folder.itemMetadata(shard: shard),
    ] { try Files.removeTree(path) }
  }

  /// Lets a task begin anew instead of going on from its checkpoint, and publish another version of its model.
  private func forgetTask(of folder: JobFolder) throws {
    for path in [folder.taskStates, folder.metricsFolder, folder.modelPublication] {
      try Files.removeTree(path)
    }
  }
}

extension ControlRequest.Action {
  /// For the log: `pause`, `priority 5`.
  fileprivate var words: String {
    switch self {
    case .cancel: "cancel"
    case .pause: "pause"
    case .resume: "resume"
    case .retry(let failedOnly): failedOnly ? "retry what failed" : "run again"
    case .setPriority(let priority): "priority \(priority)"
    }
  }
}
