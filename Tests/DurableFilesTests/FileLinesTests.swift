import DurableFiles
import Foundation
import Testing

/// Files line by line, whatever their ends and lengths.
@Suite struct FileLinesTests {
  private func lines(_ text: String, limit: Int = 16 << 20) throws -> [String] {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(text.utf8).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    var found: [String] = []
    try FileLines.forEach(in: path.path(), limit: limit) {
      found.append(String(decoding: $0, as: UTF8.self))
    }
    return found
  }

  @Test func linesEndWithOrWithoutABreak() throws {
    #expect(try lines("") == [])
    #expect(try lines("\n\n") == [])
    #expect(try lines("one") == ["one"])
    #expect(try lines("one\ntwo\n") == ["one", "two"])
    #expect(try lines("one\n\ntwo") == ["one", "two"])
  }

  /// A line may begin in one piece of 64 KiB and end in the third.
  @Test func longLinesAreWhole() throws {
    let long = String(repeating: "x", count: 150_000)
    #expect(try lines("a\n\(long)\nb") == ["a", long, "b"])
  }

  @Test func linesAboveTheLimitAreLeftOut() throws {
    let long = String(repeating: "x", count: 150_000)
    #expect(try lines("a\n\(long)\nb", limit: 100_000) == ["a", "b"])
  }

  @Test func anAbsentFileHasNone() throws {
    var count = 0
    try FileLines.forEach(in: "/nowhere/at/all") { _ in count += 1 }
    #expect(count == 0)
    #expect(throws: FileError.self) { try FileLines.forEach(in: "/") { _ in } }
  }
}
