import JobModel
import Supervision
import Testing

@Suite struct WatchdogTests {
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
    let stall = dog.judge(heartbeat: 1, residentBytes: 1, now: start + .seconds(10))
    #expect(stall?.kind == .stalled)
    #expect(stall?.message == "showed no progress for 10 s")
    let late = dog.judge(heartbeat: 2, residentBytes: 1, now: start + .seconds(100))
    #expect(late?.kind == .timedOut)
    #expect(late?.message == "took longer than the 100 s an attempt may take")
  }

  @Test func wakesWhenTimeAloneCanDecide() {
    var dog = Watchdog(limits: Self.limits, startedAt: start)
    #expect(dog.deadline == start + .seconds(10))
    _ = dog.judge(heartbeat: 1, residentBytes: nil, now: start + .seconds(95))
    #expect(dog.deadline == start + .seconds(100))
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
