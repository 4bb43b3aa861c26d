import Foundation
import JobModel
import LatticeDriver
import PluginTemplates
import StageHost
import StageSDK
import Testing

/// Stages in C, Swift and Rust, one after the other: each gets the very memory that the one before has filled.
@Suite struct InteropTests {
  @Test(.enabled(if: try Needed.program("rustc"), "\(Needed.comment("rustc"))"))
  func tensorsPassByAddress() throws {
    let products = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let swift = products.appending(path: "libRelayFixture.so").path()
    let stages = [
      try StageBench(PluginWorkshop.plugin("relay"), "relay.c"),
      try StageBench(swift, "relay.swift"),
      try StageBench(rustPlugin(), "relay.rust"),
      try StageBench(PluginWorkshop.plugin("relay"), "relay.c"),
    ]
    var tensor = try stages[0].tensor([0, 1, 2, 3, 4, 5], [1, 1, 2, 3])
    var addresses: [(into: Int, out: Int)] = []
    let start = Int(bitPattern: tensor.data)
    for (bench, language) in zip(stages, ["c", "swift", "rust", "c"]) {
      let batch = try bench.run(1, ["image": tensor])
      let noted = batch.metadata(0)[language]?.arrayValue?.compactMap(\.intValue) ?? []
      try #require(noted.count == 2)
      addresses.append((noted[0], noted[1]))
      tensor = try #require(batch.outputs["image"])
    }
    #expect(tensor.floats == [4, 5, 6, 7, 8, 9])
    #expect(addresses.map(\.into) == [start] + addresses.dropLast().map(\.out))
    #expect(addresses.last?.out == Int(bitPattern: tensor.data))
  }

  /// Builds `relay.rs` with the `abi.rs` that a new plugin gets.
  private func rustPlugin() throws -> String {
    let folder = "\(PluginWorkshop.folder)/relay-rust"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let template = PluginTemplate(name: "relay", language: .rust, kind: .map)
    let abi = try #require(template.files.first { $0.path == "src/abi.rs" })
    try Data(abi.bytes).write(to: URL(filePath: "\(folder)/abi.rs"))
    let source = try Data(
      contentsOf: URL(filePath: "\(PluginWorkshop.fixtures)/plugins/relay.rs"))
    try source.write(to: URL(filePath: "\(folder)/relay.rs"))
    let path = "\(PluginWorkshop.folder)/relay_rust.stage.so"
    let output = try PluginWorkshop.run([
      "rustc", "--edition", "2021", "--crate-type", "cdylib", "-O", "-o", path,
      "\(folder)/relay.rs",
    ])
    try #require(output.code == 0, "\(output.text)")
    return path
  }
}
