import DurableFiles
import JobModel

/// Ends and pauses jobs once nothing of them is alive.
extension Supervisor {
  /// Takes the steps that jobs without workers are waiting for.
  func settle(at now: ContinuousClock.Instant) {
    let busy = Set(attempts.map(\.key.job) + failedStarts.map(\.key.job))
    for job in Array(jobs.values)
    where !busy.contains(job.id) && !isTroubled(job.id, at: now) && finishing[job.id] == nil
      && job.renewal == nil
    {
      guard .now < turnEnd else {
        hasMore = true
        return
      }
      if let work = job.work, work.board.isFinished, job.state != .paused {
        end(job, .judged, at: now)
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
    case .cancel(let requester):
      end(job, .given(.cancelled, "cancelled by \(requester)"), at: now)
    case .fail(let sentence): end(job, .given(.failed, sentence), at: now)
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
