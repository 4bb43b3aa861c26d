package import JobModel

/// Judges a worker by its heartbeat, its memory and the clock.
package struct Watchdog: Sendable {
  /// Seconds between two looks from which on it wasn't the worker that stood still but whoever looks.
  ///
  /// The machine slept, or the daemon was stopped: looks are a quarter of a second apart.
  private static let blindSeconds = 5.0

  private let limits: Limits
  private var started: ContinuousClock.Instant
  private var lastBeat: ContinuousClock.Instant
  private var lastLook: ContinuousClock.Instant
  private var heartbeat: UInt64 = 0

  package init(limits: Limits, startedAt start: ContinuousClock.Instant) {
    self.limits = limits
    started = start
    lastBeat = start
    lastLook = start
  }

  /// Looks at a worker; time in which nobody looked counts for nothing.
  ///
  /// - Parameters:
  ///   - heartbeat: Counter of its flight page; nil when the page can't be read.
  ///   - residentBytes: Its memory; nil when it is gone already.
  ///   - now: The time of both.
  /// - Returns: Why it has to be ended, or nil when it may go on.
  package mutating func judge(
    heartbeat: UInt64?, residentBytes: Int?, now: ContinuousClock.Instant
  ) -> AttemptFailure? {
    if now >= lastLook + .seconds(Self.blindSeconds) {
      started += now - lastLook
      lastBeat += now - lastLook
    }
    lastLook = now
    if let heartbeat, heartbeat != self.heartbeat {
      self.heartbeat = heartbeat
      lastBeat = now
    }
    if let residentBytes, residentBytes > limits.memoryBytes {
      return AttemptFailure(
        kind: .noMemory,
        message: "used \(Self.bytes(residentBytes)) of its \(Self.bytes(limits.memoryBytes)) limit")
    }
    if let seconds = limits.attemptSeconds, now >= started + .bounded(seconds: seconds) {
      return AttemptFailure(
        kind: .timedOut,
        message: "took longer than the \(Self.seconds(seconds)) an attempt may take")
    }
    if now >= lastBeat + .bounded(seconds: limits.stallSeconds) {
      return AttemptFailure(
        kind: .stalled, message: "showed no progress for \(Self.seconds(limits.stallSeconds))")
    }
    return nil
  }

  /// The next moment at which time alone can bring a verdict.
  package var deadline: ContinuousClock.Instant {
    let stall = lastBeat + .bounded(seconds: limits.stallSeconds)
    return limits.attemptSeconds.map { min(stall, started + .bounded(seconds: $0)) } ?? stall
  }

  /// `2.1 GiB`; whole numbers without a fraction.
  package static func bytes(_ count: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(short(value)) \(units[unit])"
  }

  /// `300 s`, `0.5 s`.
  package static func seconds(_ count: Double) -> String { "\(short(count)) s" }

  private static func short(_ value: Double) -> String {
    let tenths = (value * 10).rounded(.up) / 10
    return Int(exactly: tenths).map(String.init) ?? String(tenths)
  }
}
