import Testing
import Versions

@Suite struct VersionRangeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var range: String
    var inside: [String]
    var outside: [String]
    var testDescription: String { range }

    init(_ range: String, inside: [String], outside: [String]) {
      self.range = range
      self.inside = inside
      self.outside = outside
    }
  }

  @Test(arguments: [
    Row("1", inside: ["1.0.0", "1.0.1", "1.99.0"], outside: ["0.9.9", "2.0.0", "1.5.0-rc.1"]),
    Row("1.2", inside: ["1.2.0", "1.2.9", "1.3.0"], outside: ["1.1.9", "2.0.0"]),
    Row("1.2.3", inside: ["1.2.3", "1.2.4", "1.9.0"], outside: ["1.2.2", "2.0.0", "1.2.3-a"]),
    Row("^1", inside: ["1.0.0", "1.99.0"], outside: ["0.9.9", "2.0.0"]),
    Row("^1.2", inside: ["1.2.0", "1.3.0"], outside: ["1.1.9", "2.0.0"]),
    Row("^1.2.3", inside: ["1.2.3", "1.3.0"], outside: ["1.2.2", "2.0.0"]),
    Row("~1", inside: ["1.0.0", "1.9.0"], outside: ["0.9.0", "2.0.0"]),
    Row("~1.2", inside: ["1.2.0", "1.2.9"], outside: ["1.1.9", "1.3.0"]),
    Row("~1.2.3", inside: ["1.2.3", "1.2.9"], outside: ["1.2.2", "1.3.0"]),
    Row("=1.2.3", inside: ["1.2.3"], outside: ["1.2.2", "1.2.4", "1.2.3-rc.1"]),
    Row("=1.2", inside: ["1.2.0", "1.2.7"], outside: ["1.1.9", "1.3.0"]),
    Row(
      "=1.2.3-rc.1", inside: ["1.2.3-rc.1", "1.2.3-rc.1+b"],
      outside: ["1.2.3", "1.2.3-rc.2", "1.2.3-rc"]),
    Row(
      "1.2.3-rc.1", inside: ["1.2.3-rc.1"], outside: ["1.2.3", "1.2.3-rc.2", "1.2.3-rc", "1.3.0"]),
    Row(">=1.2", inside: ["1.2.0", "7.0.0"], outside: ["1.1.9", "2.0.0-rc.1"]),
    Row(">1.2.3", inside: ["1.2.4", "2.0.0"], outside: ["1.2.3"]),
    Row(">1", inside: ["2.0.0"], outside: ["1.0.0", "1.0.1", "1.9.9"]),
    Row("<2", inside: ["0.0.1", "1.9.9"], outside: ["2.0.0", "2.0.0-rc.1"]),
    Row("<=1.2.3", inside: ["1.2.3", "0.1.0"], outside: ["1.2.4"]),
    Row("<=1.2", inside: ["1.2.0", "1.2.9"], outside: ["1.3.0"]),
    Row(">=1.2 <2", inside: ["1.2.0", "1.9.9"], outside: ["1.1.9", "2.0.0"]),
    Row("<2 >=1.2", inside: ["1.2.0", "1.9.9"], outside: ["1.1.9", "2.0.0"]),
    Row("<1.5 ^1.2", inside: ["1.2.0", "1.4.9"], outside: ["1.1.0", "1.5.0", "1.9.0"]),
    Row(">=1 >=1.3", inside: ["1.3.0"], outside: ["1.2.9"]),
    Row(">=2 <1", inside: [], outside: ["0.5.0", "1.0.0", "1.5.0", "2.0.0"]),
  ])
  func aRangeTakesWhatItSays(_ row: Row) throws {
    let range = try #require(VersionRange(row.range))
    #expect(range.description == row.range)
    for text in row.inside {
      #expect(range.contains(try #require(Version(text))), "\(text) in \(row.range)")
    }
    for text in row.outside {
      #expect(!range.contains(try #require(Version(text))), "\(text) not in \(row.range)")
    }
  }

  @Test(arguments: [
    "", " ", "x", "1.x", "1.2.3.4", "1.", ".1", ">=", "= 1", "-1", "+1", "^-1", "1 - 2", "*",
    "==1.2.3-rc.1", ">=1.2.3-rc.1", "~1.2.3-rc.1", "=1.2.3-", "01", "1.02", "1.2.03", "=1.2-rc.1",
    "9223372036854775807", ">=1 <x",
  ])
  func whatIsNoRangeIsRefused(_ text: String) {
    #expect(VersionRange(text) == nil)
  }
}
