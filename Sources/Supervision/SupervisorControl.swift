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
    if isTakingUp(request.job) { return false }
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
