import JobModel
import Testing

@Suite struct JobIDTests {
  /// A generator that counts up, so that ids are known.
  struct Counter: RandomNumberGenerator {
    var value: UInt64 = 0
    mutating func next() -> UInt64 {
      value &+= 0x9E37_79B9_7F4A_7C15
      return value
    }
  }

  @Test func sortsByTimeOfHandIn() {
    var generator = Counter()
    let early = JobID(at: 1_795_442_702, using: &generator)
    let late = JobID(at: 1_795_442_703, using: &generator)
    #expect(early < late)
    #expect(early.text.hasPrefix("20261123-140502-"))
    #expect(JobID(early.text) == early)
  }

  @Test(arguments: [
    "", "20261123-140502", "20261123-140502-abcdeo", "2026112x-140502-abcdef", "../x",
  ])
  func refusesWhatIsNoID(text: String) {
    #expect(JobID(text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_709_251_199, "2024-02-29T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
    (-1, "1969-12-31T23:59:59Z"),
  ])
  func calendarIsGregorian(seconds: Int, expected: String) {
    #expect(CivilTime(secondsSince1970: seconds).iso8601 == expected)
  }
}
