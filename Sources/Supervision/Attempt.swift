import DurableFiles
import Glibc
package import JobModel
package import WorkerLink

/// Why the supervisor ends a worker whose attempt could have gone on.
package enum StopReason: Hashable, Sendable {
  /// Its job is cancelled, has failed or pauses.
  case job
  /// The daemon goes down.
  case shutdown
}

/// One try at a shard: its worker, the page shared with it, and how it is being ended if it is.
package final class Attempt {
  /// Names an attempt.
  package struct Key: Hashable, Sendable {
    package let job: JobID
    package let shard: Int
    package let number: Int
  }

  /// Seconds between two looks at memory and heartbeat.
  package static let lookSeconds = 0.25

  package let key: Key
  package let isOneByOne: Bool
  /// CPU slots it takes.
  package let slots: Int
  package let process: WorkerProcess
  package let flight: FlightRecorder
  /// Why the watchdog ended it.
  package private(set) var verdict: AttemptFailure?
  /// The page when the watchdog judged: what ends a worker also wakes the stage that hangs.
  package private(set) var lastSeen: FlightSnapshot?
  package private(set) var stopReason: StopReason?
  private let patience: (grace: Duration, insist: Duration)
  private var watchdog: Watchdog
  private var ladder: StopLadder?
  private var nextLook: ContinuousClock.Instant

  package init(
    key: Key, isOneByOne: Bool, slots: Int, limits: Limits, process: WorkerProcess,
    flight: FlightRecorder, patience: (grace: Duration, insist: Duration),
    now: ContinuousClock.Instant
  ) {
    self.key = key
    self.isOneByOne = isOneByOne
    self.slots = slots
    self.process = process
    self.flight = flight
    self.patience = patience
    watchdog = Watchdog(limits: limits, startedAt: now)
    nextLook = now + .seconds(Self.lookSeconds)
  }

  /// When ``look(at:)`` is due though nothing happened.
  package var deadline: ContinuousClock.Instant {
    ladder?.deadline.map { min($0, nextLook) } ?? nextLook
  }

  /// Lets the watchdog judge, and takes what is due of ending the worker.
  package func look(at now: ContinuousClock.Instant) {
    if now >= nextLook {
      nextLook = now + .seconds(Self.lookSeconds)
      judge(now)
    }
    for action in ladder?.takeDue(at: now) ?? [] { carryOut(action) }
  }

  /// Begins to end the worker: asked first, killed if it doesn't listen.
  package func stop(_ reason: StopReason, at now: ContinuousClock.Instant) {
    guard stopReason == nil else { return }
    stopReason = reason
    if ladder == nil {
      let steps = StopLadder.gentle(grace: patience.grace, insist: patience.insist)
      ladder = StopLadder(steps, startingAt: now)
    }
    look(at: now)
  }

  private func judge(_ now: ContinuousClock.Instant) {
    guard verdict == nil, !process.hasEnded else { return }
    let page = flight.snapshot()
    guard
      let fault = watchdog.judge(
        heartbeat: page.heartbeat, residentBytes: process.residentBytes(), now: now)
    else { return }
    // A worker that is asked to stop has the ladder's time for it, but no more memory than before.
    guard stopReason == nil || fault.kind == .noMemory else { return }
    verdict = fault
    lastSeen = page
    let steps =
      fault.kind == .noMemory ? StopLadder.atOnce : StopLadder.hung(insist: patience.insist)
    ladder = StopLadder(steps, startingAt: now)
  }

  private func carryOut(_ action: StopAction) {
    switch action {
    case .raiseFlag: flight.requestCancel()
    case .signalLeader(let signal): process.signalLeader(signal)
    case .killSession: process.killSession()
    }
  }
}
