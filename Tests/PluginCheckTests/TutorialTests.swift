import Foundation
import LatticeDriver
import Testing

/// The tutorial's code builds, passes its tests and runs: what it says to replace is replaced by what it shows.
@Suite(.serialized, .blocking) struct TutorialTests {
  /// The fenced blocks of the tutorial that begin with a comment that names a file, by that name; the last part of the
  /// page, from a heading on, stands above those before it.
  private func blocks(after heading: String) throws -> [String: String] {
    let page = "\(BadPlugins.root)Sources/StageSDK/StageSDK.docc/WritingAStage.md"
    let text = try String(contentsOf: URL(filePath: page), encoding: .utf8)
    let start = try #require(text.range(of: heading), "no heading '\(heading)'")
    let end = text[start.upperBound...].range(of: "\n### ")?.lowerBound ?? text.endIndex
    var blocks: [String: String] = [:]
    for (index, block) in text[start.upperBound..<end].components(separatedBy: "```").enumerated()
    where !index.isMultiple(of: 2) {
      let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count > 1, let name = lines[1].split(separator: " ").last,
        lines[1].hasPrefix("// ") || lines[1].hasPrefix("# ")
      else { continue }
      blocks[String(name)] = lines.dropFirst().joined(separator: "\n")
    }
    return blocks
  }

  @Test func unsharpMaskInC() throws {
    let plugin = try NewPlugin("c", "map", name: "unsharp")
    let files = try blocks(after: "### An unsharp mask in C")
    #expect(files.keys.sorted() == ["pipeline.yaml", "unit-test.c", "unsharp.c"])
    for (name, text) in files { try plugin.write(text, to: name) }
    try plugin.requireGreen()
  }

  @Test func saliencySourceInSwift() throws {
    let plugin = try NewPlugin("swift", "source", name: "saliency")
    let files = try blocks(after: "### A saliency source in Swift")
    #expect(
      files.keys.sorted() == [
        "Sources/Saliency/Saliency.swift", "Tests/SaliencyTests/SaliencyTests.swift",
        "pipeline.yaml",
      ])
    for (name, text) in files { try plugin.write(text, to: name) }
    let samples = plugin.folder.appending(path: "samples")
    try FileManager.default.createDirectory(at: samples, withIntermediateDirectories: true)
    let pixels = [UInt8](repeating: 80, count: 12 * 10 * 3)
    try Data(Array("P6 12 10 255\n".utf8) + pixels).write(
      to: samples.appending(path: "flat.ppm"))
    try plugin.requireGreen()
  }
}
