import Glibc

/// Measures how long the daemon's thread is away from what it waits for.
struct LoopGauge {
  /// A step longer than this is too long.
  static let limit = Duration.milliseconds(50)

  private(set) var steps = 0
  private(set) var slowSteps = 0
  private(set) var longest = Duration.zero
  /// The most time of a processor that a step has used; what is over is what a busy machine or a disk took.
  private(set) var longestAtWork = Duration.zero
  /// What took most of the longest step.
  private(set) var longestPart = ""
  private var start = ContinuousClock.now
  private var workStart = Duration.zero
  private var partStart = ContinuousClock.now
  private var part = (name: "", duration: Duration.zero)
  private var lastWarning: ContinuousClock.Instant?

  /// A step begins.
  mutating func begin(at now: ContinuousClock.Instant) {
    start = now
    workStart = Self.processorTime
    partStart = now
    part = ("", .zero)
  }

  /// A part of the step is over.
  mutating func passed(_ name: String) {
    let now = ContinuousClock.now
    if now - partStart > part.duration { part = (name, now - partStart) }
    partStart = now
  }

  /// The step is over.
  ///
  /// - Returns: A sentence when it took too long, at most one a minute unless it took longer than any before.
  mutating func end() -> String? {
    let now = ContinuousClock.now
    let duration = now - start
    longestAtWork = max(longestAtWork, Self.processorTime - workStart)
    steps += 1
    let isLongest = duration > longest
    if isLongest {
      longest = duration
      longestPart = part.name
    }
    guard duration > Self.limit else { return nil }
    slowSteps += 1
    if let lastWarning, now < lastWarning + .seconds(60), !isLongest { return nil }
    lastWarning = now
    return
      "a step took \(Self.milliseconds(duration)) ms, most of it for \(part.name); signals and requests waited so long"
  }

  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
}
