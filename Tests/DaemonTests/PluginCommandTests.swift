import Foundation
import LatticeDriver
import Testing

/// `lattice plugin …` as a user meets it.
@Suite(.blocking) struct PluginCommandTests {
  private func fixture(_ name: String, in folder: URL) throws -> String {
    try TroublePlugins.compile(name, into: folder)
    return folder.appending(path: "\(name).stage.so").path()
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lattice-plugin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test(arguments: [["plugin", "list"], ["plugins"]])
  func listNamesStagesAndBrokenPlugins(command: [String]) throws {
    try withFolder { folder in
      _ = try fixture("invert", in: folder)
      let broken = folder.appending(path: "broken.stage.so")
      try Data("no library".utf8).write(to: broken)
      let output = try Lattice.run(command + ["--plugins", folder.path()])
      #expect(output.status == 1)
      #expect(output.data.contains("example.invert"), "\(output.data)")
      #expect(
        output.talk.contains(
          "can't load plugin '\(broken.path())': it is no shared library (it doesn't begin as an ELF file does)"
        ),
        "\(output.talk)")
    }
  }

  @Test func inspectShowsAStageOfAFile() throws {
    try withFolder { folder in
      let path = try fixture("invert", in: folder)
      let output = try Lattice.run(["plugin", "inspect", path])
      #expect(output.status == 0, "\(output.talk)")
      let lines = output.data.split(separator: "\n").map(String.init)
      let expected = [
        "example.invert 1.0.0  (map)", "  Turns pictures into their negatives.",
        "  plugin   \(path)",
        "  module   org.lattice.example.invert 1.0.0, Lattice, Apache-2.0, stage ABI 1.1",
        "  is       deterministic, parallel, best with batches of 16",
        "  input    image: f32[N,H,W,C]  Pictures of 0...1.",
        "  output   image: f32[N,H,W,C]  Their negatives.",
        "  param    strength: number, at least 0, at most 1, default 1",
        "           Share of the negative: 0 leaves the picture as it is.", "  example",
        "    - id: invert", "      use: example.invert@1", "      in: { image: earlier.image }",
        "      params: { strength: 1 }",
      ]
      #expect(lines.filter { !$0.hasPrefix("  sha256   ") } == expected)
    }
  }

  @Test func validateExitsByOutcomeAndReportsAsJUnit() throws {
    try withFolder { folder in
      let good = try Lattice.run([
        "plugin", "validate", try fixture("invert", in: folder), "--strict", "--json",
      ])
      #expect(good.status == 0, "\(good.talk)")
      let report = try JSONSerialization.jsonObject(with: Data(good.data.utf8)) as? [String: Any]
      #expect((report?["results"] as? [Any])?.count == 21)
      let bad = try Lattice.run([
        "plugin", "validate", try fixture("bad/schema", in: folder), "--rule", "schema", "--junit",
      ])
      #expect(bad.status == 1)
      let lines = bad.data.split(separator: "\n").map(String.init)
      #expect(
        lines.contains(
          #"    <failure message="the default 2 of parameter 'share' is outside its range">the default 2 of parameter 'share' is outside its range</failure>"#
        ), "\(bad.data)")
      #expect(
        lines.first == #"<?xml version="1.0" encoding="UTF-8"?>"# && lines.last == "</testsuite>")
    }
  }

  @Test func inProcessRunsTheRulesInAWorker() throws {
    try withFolder { folder in
      let output = try Lattice.run([
        "plugin", "validate", try fixture("invert", in: folder), "--rule", "bounds",
        "--in-process",
      ])
      #expect(output.status == 0, "\(output.talk)")
      #expect(output.data.contains(#""verdict":"passed""#), "\(output.data)")
    }
  }

  @Test func aWrongOptionIsSaidInASentence() throws {
    let output = try Lattice.run(["plugin", "validate", "x.so", "--shape", "image"])
    #expect(output.status != 0)
    #expect(output.talk.contains("there is no file"), "\(output.talk)")
  }
}
