import JobModel
import Testing

@Suite struct BoundedDurationTests {
  @Test func noNumberTraps() {
    let longest = Duration.seconds(31_557_600_000)
    #expect(Duration.bounded(seconds: 1.5) == .milliseconds(1500))
    #expect(Duration.bounded(seconds: -1) == .zero)
    for seconds in [1e26, 1e300, .infinity, .nan] {
      #expect(Duration.bounded(seconds: seconds) == longest, "\(seconds)")
    }
    #expect(ContinuousClock.now + longest > .now)
  }
}
