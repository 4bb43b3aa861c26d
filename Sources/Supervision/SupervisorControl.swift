import DurableFiles
import FoundationEssentials
package import JobModel

/// Does what people ask of jobs.
extension Supervisor {
  /// Takes a request; its effect may take some ticks.
  package func apply(_ request: ControlRequest, at now: ContinuousClock.Instant) {
    guard let job = jobs[request.job] else { return applyToEnded(request, at: now) }
    log.write("\(request.requester) asks: \(request.action.words)", job: job.id)
    switch request.action {
    case .cancel:
      job.intend(.cancel(by: request.requester))
      stopAttempts(of: job, at: now)
    case .pause:
      if job.state == .paused { job.diskNeed = nil }
      job.intend(.pause(reason: "paused by \(request.requester)", needs: nil))
      stopAttempts(of: job, at: now)
    case .resume:
      if case .pause = job.intention { job.forgetIntention() }
      if job.state == .paused { resume(job, message: "resumed by \(request.requester)", at: now) }
    case .retry:
      log.write("there is nothing to retry yet: it has not ended", level: .warning, job: job.id)
    case .setPriority(let priority):
      attemptStep(job, "record its priority", at: now) {
        try ledger.setPriority(priority, of: job.id)
        job.priority = priority
      }
    }
  }

  private func applyToEnded(_ request: ControlRequest, at now: ContinuousClock.Instant) {
    do {
      guard let job = try ledger.job(request.job, in: spool) else {
        return log.write(
          "\(request.requester) asks of a job that is not known: \(request.action.words)",
          level: .warning, job: request.job)
      }
      guard case .retry(let failedOnly) = request.action else {
        return log.write(
          "it has ended (\(job.state.rawValue)); \(request.requester) asked: \(request.action.words)",
          level: .warning, job: request.job)
      }
      try retry(job, failedOnly: failedOnly, requester: request.requester)
    } catch {
      log.write(
        "can't do what \(request.requester) asks: \(error)", level: .error, job: request.job)
    }
  }

  /// Queues an ended job again; shards that are kept stay published.
  private func retry(_ job: SupervisedJob, failedOnly: Bool, requester: String) throws {
    var state = job.state
    try state.apply(.retried)
    let plan = try JobPlanFile.read(job.folder)
    var shards = (0..<plan.items.shardCount).filter { shard in
      guard failedOnly, let report = AttemptInquest.report(job.folder, shard: shard) else {
        return true
      }
      return report.itemsFailed > 0
    }
    if let reduce = plan.reduceShard,
      !shards.isEmpty || AttemptInquest.report(job.folder, shard: reduce) == nil
    {
      shards.append(reduce)
    }
    for shard in shards {
      for path in [
        job.folder.done(shard: shard), job.folder.failedItems(shard: shard),
        job.folder.quarantine(shard: shard), job.folder.itemMetadata(shard: shard),
      ] { try Files.removeTree(path) }
    }
    try Files.removeTree(job.folder.result)
    try AtomicFile.syncDirectory(job.folder.path)
    job.state = try ledger.retry(shards: shards, job: job.id, message: "retried by \(requester)")
    log.write(
      "\(requester) asks for another try: \(shards.count) of \(plan.shardCount) shards", job: job.id
    )
    admit(job)
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
