import Foundation
import Testing

/// No test is left out in silence: one that needs something of the machine asks `Needed`, which says what is missing and
/// fails where all tests have to run; the others wait for the long mode.
@Suite struct SkippedTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let files: [String] =
    (FileManager.default.enumerator(atPath: tests.path())?.compactMap { $0 as? String } ?? [])
    .filter { $0.hasSuffix(".swift") && !$0.hasSuffix("SkippedTests.swift") }

  @Test func conditionsSayWhatIsMissing() throws {
    #expect(Self.files.count > 100)
    for file in Self.files {
      let text = try String(contentsOf: Self.tests.appending(path: file), encoding: .utf8)
      for use in text.ranges(of: /\.(enabled|disabled)\(/) {
        let condition = text[use.lowerBound...].prefix(160)
        let isKnown =
          condition.contains("if: try Needed.") || condition.contains("LATTICE_TEST_LONG")
        #expect(isKnown, "\(file): \(condition)")
      }
    }
  }
}
