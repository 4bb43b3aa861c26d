import Foundation
import Testing

/// A new Swift plugin that holds the stages of all kinds, each as `lattice plugin new` makes it.
final class SwiftKinds {
  static let others = ["source", "sink", "task"]

  /// The plugin: a map, and what was put beside it.
  let all: NewPlugin

  init() throws {
    all = try NewPlugin("swift", "map")
    for kind in Self.others {
      let plugin = try NewPlugin("swift", kind)
      let type = "New\(kind.capitalized)"
      func text(_ path: String) throws -> String {
        try String(contentsOf: plugin.folder.appending(path: path), encoding: .utf8)
      }
      try all.write(try text("Sources/\(type)/\(type).swift"), to: "Sources/NewMap/\(type).swift")
      let test = try text("Tests/\(type)Tests/\(type)Tests.swift")
      try all.write(
        test.replacing("@testable import \(type)", with: "@testable import NewMap"),
        to: "Tests/NewMapTests/\(type)Tests.swift")
      try all.write(try text("pipeline.yaml"), to: "\(kind).yaml")
    }
    let module = "Sources/NewMap/Module.swift"
    let file = try String(contentsOf: all.folder.appending(path: module), encoding: .utf8)
    let stages = "[NewMap.self, NewSource.self, NewSink.self, NewTask.self]"
    try #require(file.contains("[NewMap.self]"))
    try all.write(file.replacing("[NewMap.self]", with: stages), to: module)
  }

  /// Runs the pipeline of one kind.
  func requireRun(_ kind: String) throws {
    let output = try all.run(
      all.lattice, ["run", "\(kind).yaml", "--plugins", ".", "--out", "results-\(kind)"])
    try #require(output.code == 0, "\(kind):\n\(output.text)")
    let results = try FileManager.default.contentsOfDirectory(
      atPath: all.folder.appending(path: "results-\(kind)").path())
    #expect(results.contains { !$0.hasPrefix(".") }, "\(kind) has no results")
  }
}
