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

  /// The words of `lattice check` for the same parameters of the same stage.
  @Test(arguments: [
    (
      #"{"strength":2}"#,
      "error[E122]: 'strength' of example.invert is 2; it must be at least 0 and at most 1"
    ),
    (
      #"{"strength":"much"}"#,
      "error[E121]: 'strength' of example.invert must be a number, not 'much': Share of the negative: 0 leaves the picture as it is."
    ),
    (
      #"{"strenght":1}"#,
      "error[E120]: example.invert has no parameter 'strenght'; did you mean 'strength'?"
    ),
  ])
  func parametersAreHeldAgainstTheSchema(params: String, sentence: String) throws {
    try withFolder { folder in
      let path = try fixture("invert", in: folder)
      for command in ["validate", "bench"] {
        let output = try Lattice.run(["plugin", command, path, "--params", params])
        #expect(output.status == 2, "\(command): \(output.data)\(output.talk)")
        #expect(output.talk == "--params: \(sentence)\n")
        #expect(output.data.isEmpty, "nothing was tried")
      }
      let spec = folder.appending(path: "spec.yaml")
      try Data(
        """
        version: 1
        name: job
        input: { photos: { files: [\(path)] } }
        stages:
          - { id: read, use: image.read@1, in: { file: photos } }
          - { id: invert, use: example.invert@1, in: { image: read.image }, params: \(params) }
          - { id: save, use: image.write@1, in: { image: invert.image } }
        """.utf8
      ).write(to: spec)
      let check = try Lattice.run(["check", spec.path(), "--plugins", folder.path()])
      #expect(check.status == 2)
      #expect(check.talk.contains(sentence), "\(check.talk)")
    }
  }

  @Test func parametersThatFitAreTried() throws {
    try withFolder { folder in
      let path = try fixture("invert", in: folder)
      let output = try Lattice.run([
        "plugin", "validate", path, "--params", #"{"strength":0.5}"#, "--rule", "outputs",
      ])
      #expect(output.status == 0, "\(output.talk)")
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
