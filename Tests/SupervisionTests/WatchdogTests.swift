import JobModel
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct WatchdogTests {
  private let start = ContinuousClock.now

  private static var limits: Limits {
    var limits = Limits()
    limits.memoryBytes = 2 << 30
    limits.attemptSeconds = 100
    limits.stallSeconds = 10
    return limits
  }

  @Test func aBeatingHeartMayGoOn() {
    var dog = Watchdog(limits: Self.limits, startedAt: start)
    for second in 0..<100 {
      let fault = dog.judge(
        heartbeat: UInt64(second / 9), residentBytes: 1 << 30, now: start + .seconds(second))
      #expect(fault == nil, "\(second)")
    }
  }

  @Test func saysWhyItEndsAWorker() {
    var dog = Watchdog(limits: Self.limits, startedAt: start)
    let memory = dog.judge(heartbeat: 1, residentBytes: 2_254_857_830, now: start)
    #expect(memory?.kind == .noMemory)
    #expect(memory?.message == "used 2.1 GiB of its 2 GiB limit")
    look(&dog, until: 9)
    let stall = dog.judge(heartbeat: 1, residentBytes: 1, now: start + .seconds(10))
    #expect(stall?.kind == .stalled)
    #expect(stall?.message == "showed no progress for 10 s")
    look(&dog, from: 11, until: 99)
    let late = dog.judge(heartbeat: 2, residentBytes: 1, now: start + .seconds(100))
    #expect(late?.kind == .timedOut)
    #expect(late?.message == "took longer than the 100 s an attempt may take")
  }

  /// A plan may have been written by hand, or by a Lattice without bounds.
  @Test func noLimitTraps() {
    for seconds in [1e26, 1e300, Double.infinity, .nan] {
      var limits = Self.limits
      limits.attemptSeconds = seconds
      limits.stallSeconds = seconds
      var dog = Watchdog(limits: limits, startedAt: start)
      #expect(dog.judge(heartbeat: 1, residentBytes: 1, now: start + .seconds(1)) == nil)
      #expect(dog.deadline > start + .seconds(1e9))
      #expect(!Watchdog.seconds(seconds).isEmpty)
    }
  }

  @Test func wakesWhenTimeAloneCanDecide() {
    var dog = Watchdog(limits: Self.limits, startedAt: start)
    #expect(dog.deadline == start + .seconds(10))
    look(&dog, until: 94)
    _ = dog.judge(heartbeat: 2, residentBytes: nil, now: start + .seconds(95))
    #expect(dog.deadline == start + .seconds(100))
  }

  /// A machine that slept, or a daemon that was stopped and goes on: the worker's silence is nobody's to judge.
  @Test func timeInWhichNobodyLookedCountsForNothing() {
    var dog = Watchdog(limits: Self.limits, startedAt: start)
    look(&dog, until: 4)
    let hour = 3600
    let awake = dog.judge(heartbeat: 1, residentBytes: 1, now: start + .seconds(hour))
    #expect(awake == nil)
    look(&dog, from: hour + 1, until: hour + 6)
    let stall = dog.judge(heartbeat: 1, residentBytes: 1, now: start + .seconds(hour + 7))
    #expect(stall?.message == "showed no progress for 10 s")
    look(&dog, from: hour + 8, until: hour + 95)
    let late = dog.judge(heartbeat: 2, residentBytes: 1, now: start + .seconds(hour + 96))
    #expect(late?.kind == .timedOut)
  }

  /// A look each second at a worker whose heart doesn't beat.
  private func look(_ dog: inout Watchdog, from: Int = 1, until: Int) {
    for second in from...until {
      _ = dog.judge(heartbeat: 1, residentBytes: 1, now: start + .seconds(second))
    }
  }

  /// Rounded up, so that what is over a limit never reads like the limit.
  @Test(arguments: [
    (0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (2 << 30, "2 GiB"),
    ((2 << 30) + 1, "2.1 GiB"), (5 << 40, "5 TiB"),
  ])
  func bytesAreReadable(count: Int, text: String) {
    #expect(Watchdog.bytes(count) == text)
  }
}
