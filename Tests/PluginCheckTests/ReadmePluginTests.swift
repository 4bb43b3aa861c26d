import Foundation
import LatticeDriver
import Testing

/// The stage that README.md shows as a whole is one: its text builds against the SDK, holds the rules and runs.
@Suite(.blocking) struct ReadmePluginTests {
  @Test func theStageOfTheReadmeWorks() throws {
    let page = try String(contentsOfFile: "\(BadPlugins.root)README.md", encoding: .utf8)
    let code = try #require(page.firstMatch(of: #/```swift\n((?:.|\n)*?)```/#)?.1)
    try #require(code.contains("final class Invert: Stage") && code.contains("StageModule.export"))
    let plugin = try NewPlugin("swift", "map", name: "my-stage")
    let sources = plugin.folder.appending(path: "Sources/MyStage")
    for file in try FileManager.default.contentsOfDirectory(atPath: sources.path()) {
      try FileManager.default.removeItem(at: sources.appending(path: file))
    }
    try plugin.write(String(code), to: "Sources/MyStage/Invert.swift")
    let pipeline = try String(
      contentsOf: plugin.folder.appending(path: "pipeline.yaml"), encoding: .utf8)
    let stage = try #require(pipeline.firstMatch(of: #/use: (my-stage\.[a-z-]+)@1/#)?.1)
    let parameters = try #require(pipeline.firstMatch(of: #/params: \{ gain: [^}]*\}/#)?.0)
    try plugin.write(
      pipeline.replacing(stage, with: "my.invert").replacing(
        parameters, with: "params: { strength: 0.5 }"), to: "pipeline.yaml")
    for arguments in [
      ["make"], [plugin.lattice, "plugin", "validate", "./my-stage.stage.so", "--strict"],
      ["make", "run"],
    ] {
      let output = try plugin.run("/usr/bin/env", arguments)
      try #require(output.code == 0, "\(arguments): \(output.text)")
    }
  }
}
