import Foundation
import LatticeDriver
import Testing

/// Every spec below `pipelines/` passes the check that a user would run on it; of those that need data which doesn't come
/// along, nothing but the data is missing.
@Suite(.blocking) struct PipelineFilesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let specs: [String] =
    (FileManager.default.enumerator(atPath: root.appending(path: "pipelines").path())?
    .compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".yaml") }.sorted()

  /// What a check says of a spec.
  private struct Verdict {
    var status: Int32
    var text: String
  }

  private func check(_ spec: String) throws -> Verdict {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "lattice")
    process.arguments = ["check", Self.root.appending(path: "pipelines/\(spec)").path()]
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Verdict(
      status: process.terminationStatus, text: String(decoding: data, as: UTF8.self))
  }

  @Test func allAreFound() {
    for folder in ["", "study/", "train/", "uvim/"] {
      #expect(
        Self.specs.contains { $0.hasPrefix(folder) && !$0.dropFirst(folder.count).contains("/") })
    }
  }

  @Test(arguments: specs.filter { !$0.contains("/") })
  func passesTheCheck(recipe: String) throws {
    let verdict = try check(recipe)
    #expect(verdict.status == 0, "\(verdict.text)")
  }

  @Test(arguments: specs.filter { $0.contains("/") })
  func lacksNothingButData(spec: String) throws {
    let verdict = try check(spec)
    #expect([0, 2].contains(verdict.status), "\(verdict.text)")
    let faults = verdict.text.split(separator: "\n").filter { $0.contains("error[") }
    #expect(verdict.status == 0 || !faults.isEmpty)
    for fault in faults {
      let isAboutData = ["E129", "E130", "E132"].contains { fault.contains("error[\($0)]: ") }
      let path = fault.firstMatch(of: /\(looked for '([^']*)'\)$/)?.1 ?? ""
      #expect(isAboutData && !FileManager.default.fileExists(atPath: String(path)), "\(fault)")
    }
  }
}
