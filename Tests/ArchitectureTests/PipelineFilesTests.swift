import Foundation
import Testing

/// Every recipe in `pipelines/` passes the check that a user would run on it.
@Suite struct PipelineFilesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let recipes =
    ((try? FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: "pipelines").path())) ?? []).filter { $0.hasSuffix(".yaml") }

  @Test(arguments: recipes)
  func passesTheCheck(recipe: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "lattice")
    process.arguments = ["check", Self.root.appending(path: "pipelines/\(recipe)").path()]
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: data, as: UTF8.self))")
  }
}
