import Foundation
import JobModel
import PluginTemplates
import StageHost
import StageSDK
import Testing

/// Stages in C, Swift and Rust, one after the other: each gets the very memory that the one before has filled.
@Suite struct InteropTests {
  static let hasRust = (try? PluginWorkshop.run(["rustc", "--version"]))?.code == 0

  @Test(.enabled(if: InteropTests.hasRust, "rustc is not installed"))
  func tensorsPassByAddress() throws {
    let swift = try StageLibrary.greet(
      { hostMinor, why in
        StageModule.export(
          id: "org.lattice.relay-swift", version: "1.0.0", vendor: "Lattice",
          license: "Apache-2.0", stages: [RelayStage.self], hostMinor: hostMinor, why: why)
      }, at: "relay swift")
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
    let template = PluginTemplate(
      name: "relay", language: .rust, kind: .map, sdk: "/nowhere", lattice: "/nowhere")
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

/// Adds one, and notes where its input and its output lie.
private final class RelayStage: Stage {
  struct Parameters: Decodable {}

  private struct Note: Encodable { let swift: [Int] }

  static let descriptor = StageDescriptor(
    id: "relay.swift", version: "1.0.0", summary: "For tests.", kind: .map,
    inputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures.")],
    outputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures.")])

  init(parameters: Parameters, context: StageContext) throws {}

  func process(_ batch: Batch) throws {
    let input = try batch.input("image")
    let output = try batch.output("image", .f32, shape: input.shape)
    let (from, to) = (try input.bind(Float.self), try output.bind(Float.self))
    for place in from.indices { to[place] = from[place] + 1 }
    let addresses = [Int(bitPattern: input.data), Int(bitPattern: output.data)]
    try batch.setMetadata(0, Note(swift: addresses))
  }
}
