import Testing
import Versions

@Suite struct VersionTests {
  /// Ascending, the row of semver 2.0's item 11 included.
  private static let ascending = [
    "0.0.1", "0.9.9", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
    "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0-rc-1", "1.2.0",
    "1.10.0", "2.0.0-1", "2.0.0-9", "2.0.0-10", "2.0.0-99999999999999999999",
    "2.0.0-100000000000000000000", "2.0.0-A", "2.0.0-a", "2.0.0", "10.0.0",
    "20261130.120000.0", "202611301200000000.0.0",
  ]

  @Test func precedenceIsThatOfSemver() throws {
    let versions = try Self.ascending.map { try #require(Version($0)) }
    for (low, left) in versions.enumerated() {
      for (high, right) in versions.enumerated() {
        #expect((left < right) == (low < high), "\(left) < \(right)")
        #expect((left == right) == (low == high), "\(left) == \(right)")
      }
    }
  }

  @Test(arguments: ascending) func textIsKept(_ text: String) throws {
    #expect(try #require(Version(text)).description == text)
  }

  @Test(arguments: [
    ("1.2.3+build.5", "1.2.3"), ("1.2.3-rc.1+build-5", "1.2.3-rc.1"), ("1.2.3-x-y", "1.2.3-x-y"),
  ])
  func buildMetadataIsLeftOut(_ text: String, _ kept: String) throws {
    #expect(try #require(Version(text)).description == kept)
  }

  @Test(arguments: [
    "", "1", "1.2", "1.2.3.4", "1.2.", ".1.2", "1..3", "a.b.c", "1.2.x", "-1.2.3", "+1.2.3",
    "1.-2.3", "v1.2.3", " 1.2.3", "1.2.3 ", "1.2.3-", "1.2.3-a..b", "1.2.3-ä", "1.2.3-a b",
    "01.2.3", "1.02.3", "1.2.03", "1.2.3-01", "1.2.3-a.00", "1.2.3+", "1.2.3+a..b", "1.2.3+a+b",
    "99999999999999999999.0.0", "1.9223372036854775807.0", "١.٢.٣",
  ])
  func whatIsNoVersionIsRefused(_ text: String) {
    #expect(Version(text) == nil)
  }
}
