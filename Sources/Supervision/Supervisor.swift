import DurableFiles
import Glibc
package import JobModel
import WorkerLink

/// Runs the jobs of one spool: gives shards to workers, watches them, answers failures and ends jobs.
///
/// It belongs to one thread, never blocks on a worker and never waits: whoever drives it calls ``tick(at:)``
/// whenever one of ``descriptors`` can be read or ``deadline`` has come. What must survive the process is
/// written to the journal before it is believed in memory, so that a step that can't be recorded is simply
/// taken again.
package final class Supervisor {
  package struct Settings: Sendable {
    /// CPU slots: the sum of the threads of all workers alive.
    package var slots: Int
    /// Bytes that must stay free on the disks of spool and outputs.
    package var diskReserveBytes: Int
    /// Tells the room on the disk of a folder.
    package var freeBytes: @Sendable (String) -> Int? = DiskSpace.freeBytes(at:)
    /// Absolute path of `lattice-worker`.
    package var workerExecutable: String
    /// Seconds between two tries of something that a full disk or a broken journal prevents.
    package var patienceSeconds = 5.0
    /// Seconds a worker that is asked to stop has before SIGTERM.
    package var graceSeconds = 10.0
    /// Seconds from SIGTERM or SIGABRT to SIGKILL.
    package var insistSeconds = 5.0
    /// How clerks are run that sum up ended jobs; nil does it in this process.
    package var clerks: ClerkSettings?

    package init(slots: Int, diskReserveBytes: Int, workerExecutable: String) {
      self.slots = slots
      self.diskReserveBytes = diskReserveBytes
      self.workerExecutable = workerExecutable
    }
  }

  package let settings: Settings
  package let spool: SpoolFolder
  let ledger: Ledger
  let log: DaemonLog
  /// Jobs that have not ended.
  package internal(set) var jobs: [JobID: SupervisedJob] = [:]
  package internal(set) var attempts: [Attempt] = []
  /// Called with every result, once it is in the journal.
  package var onEnd: ((JobResult) -> Void)?
  /// True once ``stop(at:)`` was called.
  package private(set) var isStopping = false
  /// Attempts whose worker could not be started, and why.
  var failedStarts: [(key: Attempt.Key, failure: AttemptFailure, isPassing: Bool)] = []
  /// By job, how often in a row the machine lacked something to start a worker.
  var startPasses: [JobID: Int] = [:]
  /// Jobs with something that can't be done for now.
  var troubled: [JobID: Trouble] = [:]
  /// What an earlier daemon left, until all of it is taken up.
  var recovery: Recovery?
  var broom = Broom()
  var nextDiskLook: ContinuousClock.Instant?
  /// Jobs whose end is being summed up.
  var finishing: [JobID: Finishing] = [:]
  /// By job, how often summing it up failed.
  var finishFalls: [JobID: Int] = [:]
  /// True when a turn was over before everything due was done.
  var hasMore = false

  /// When signals and requests get their turn again.
  var turnEnd = ContinuousClock.now

  /// Longest time spent on workers and jobs in one go.
  private static let turn = Duration.milliseconds(20)

  package init(settings: Settings, spool: SpoolFolder, ledger: Ledger, log: DaemonLog) {
    self.settings = settings
    self.spool = spool
    self.ledger = ledger
    self.log = log
  }

  /// What to poll: one descriptor a worker that is not known to be gone.
  package var descriptors: [Int32] {
    attempts.filter { $0.process.ending == nil }.map(\.process.descriptor)
      + finishing.values.map(\.clerk.descriptor)
  }

  /// When ``tick(at:)`` is due though no descriptor can be read; nil when nothing is.
  package var deadline: ContinuousClock.Instant? {
    if hasMore { return .now }
    let times =
      attempts.map(\.deadline) + finishing.values.compactMap(\.clerk.deadline)
      + troubled.values.map(\.next) + [recovery?.nextTime].compactMap(\.self)
      + [nextDiskLook].compactMap(\.self)
      + jobs.values.compactMap { $0.mayRun ? $0.work?.board.nextTime : nil }
    return times.min()
  }

  /// True when no worker is alive and no job could get one, now or after a pause of its own.
  package var isIdle: Bool {
    isQuiet && failedStarts.isEmpty && recovery == nil
      && jobs.values.allSatisfy { $0.state == .paused && $0.diskNeed == nil }
  }

  /// True when nothing that it has started is alive.
  package var isQuiet: Bool { attempts.isEmpty && finishing.isEmpty }

  /// Takes every step that is due, or as many as a turn allows.
  package func tick(at now: ContinuousClock.Instant) {
    hasMore = false
    turnEnd = .now + Self.turn
    for attempt in attempts { attempt.look(at: now) }
    collectEnded(at: now)
    collectFailedStarts(at: now)
    collectFinished(at: now)
    if !isStopping {
      recoverSome(at: now)
      renewSome(at: now)
    }
    settle(at: now)
    lookAtDisks(at: now)
    if isStopping { return }
    leaseWhatFits(at: now)
    broom.sweep(until: turnEnd)
    if !broom.isIdle { hasMore = true }
  }

  /// True while a job is about to be taken up, now or after it was asked to run again; what is asked of it waits.
  package func isTakingUp(_ id: JobID) -> Bool {
    if let job = jobs[id] { return job.renewal != nil }
    return recovery != nil && (try? ledger.job(id, in: spool))??.state.isFinal == false
  }

  /// Jobs that wait for something which the machine or their files lack, each with a sentence.
  package var troubles: [(job: JobID, reason: String)] {
    troubled.map { ($0.key, $0.value.reason) }.sorted { $0.0 < $1.0 }
  }

  /// Begins to stop all workers; ``tick(at:)`` goes on until ``attempts`` is empty.
  package func stop(at now: ContinuousClock.Instant) {
    isStopping = true
    for attempt in attempts { attempt.stop(.shutdown, at: now) }
    for job in finishing.values { job.clerk.stop() }
  }

  /// Records that what ran was interrupted; to be called when ``attempts`` is empty after ``stop(at:)``.
  package func recordInterruption() {
    for job in jobs.values where job.state == .running {
      attemptStep(job, "record its interruption", at: .now) {
        job.state = try ledger.record(.interrupted, job: job, message: "the daemon went down")
      }
    }
  }

  /// Takes on a job that is in the journal.
  package func admit(_ job: SupervisedJob) { jobs[job.id] = job }

  /// Leaves a job alone that has no worker; the journal keeps it.
  func forget(_ job: JobID) { jobs[job] = nil }

  func attempts(of job: JobID) -> [Attempt] { attempts.filter { $0.key.job == job } }

  func stopAttempts(of job: SupervisedJob, at now: ContinuousClock.Instant) {
    for attempt in attempts(of: job.id) { attempt.stop(.job, at: now) }
  }

  /// Takes a step that writes; when that fails the job is left as it is for a while.
  ///
  /// - Returns: True when the step was taken.
  @discardableResult
  func attemptStep(
    _ job: SupervisedJob, _ what: String, at now: ContinuousClock.Instant, _ step: () throws -> Void
  ) -> Bool {
    do {
      try step()
      troubled[job.id] = nil
      return true
    } catch {
      if isGone(job.id) {
        lose(job, at: now)
        return false
      }
      let seconds = settings.patienceSeconds
      log.write(
        "can't \(what): \(error); trying again in \(Watchdog.seconds(seconds))", level: .error,
        job: job.id)
      troubled[job.id] = Trouble(reason: "can't \(what): \(error)", next: now + .seconds(seconds))
      return false
    }
  }

  /// True when the journal can be read and has no such job.
  private func isGone(_ job: JobID) -> Bool { (try? ledger.knows(job)) == false }

  /// Lets go of a job that somebody took out of the journal: its workers are ended, and nothing of them is recorded.
  private func lose(_ job: SupervisedJob, at now: ContinuousClock.Instant) {
    log.write(
      "is not in the journal any more; its workers are ended", level: .warning, job: job.id)
    stopAttempts(of: job, at: now)
    failedStarts.removeAll { $0.key.job == job.id }
    troubled[job.id] = nil
    jobs[job.id] = nil
  }

  /// True while a job waits after a step that could not be written.
  func isTroubled(_ job: JobID, at now: ContinuousClock.Instant) -> Bool {
    troubled[job].map { $0.next > now } ?? false
  }
}

/// Something about a job that can't be done for now.
struct Trouble {
  /// Why, as a sentence.
  var reason: String
  /// When it is tried again.
  var next: ContinuousClock.Instant
}
