import Foundation
import LatticeDriver
import Testing

/// Plugins in C, Swift and Rust, one after the other in a pipeline: each gets the very memory that the one before filled.
@Suite(.blocking) struct RelayTests {
  private static let pipeline = """
    version: 1
    name: relay
    input:
      photos: { dir: samples, glob: "0.png" }
    stages:
      - id: read
        use: image.read@1
        in: { file: photos }
        params: { size: 8 }
      - id: c
        use: relay.c@1
        in: { image: read.image }
      - id: swift
        use: relay.swift@1
        in: { image: c.image }
      - id: rust
        use: relay.rust@1
        in: { image: swift.image }
      - id: note
        use: relay.note@1
        in: { image: rust.image }

    """

  private struct Addresses: Decodable {
    struct Relays: Decodable { let c, swift, rust: [Int] }

    let into: Int
    let relays: Relays
  }

  @Test(.enabled(if: try Needed.program("rustc"), "\(Needed.comment("rustc"))"))
  func threeLanguagesShareMemory() throws {
    // A new plugin in Rust brings the header's translation and pictures along.
    let plugin = try NewPlugin("rust", "map", name: "relay")
    let folder = plugin.folder.path()
    let source = "\(BadPlugins.root)Tests/Fixtures/plugins/relay.rs"
    try plugin.write(try String(contentsOfFile: source, encoding: .utf8), to: "src/relay.rs")
    try plugin.write(Self.pipeline, to: "relay.yaml")
    let plugins = plugin.folder.appending(path: "plugins")
    try FileManager.default.createDirectory(at: plugins, withIntermediateDirectories: true)
    let rustc = try NewPlugin.run(
      "/usr/bin/env",
      [
        "rustc", "--edition", "2021", "--crate-type", "cdylib", "-O", "-o",
        "plugins/rust.stage.so", "src/relay.rs",
      ], in: plugin.folder)
    try #require(rustc.code == 0, "\(rustc.text)")
    for (name, path) in [
      ("c", try BadPlugins.build("relay")),
      ("swift", BadPlugins.products.appending(path: "libRelayFixture.so").path()),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: plugins.appending(path: "\(name).stage.so").path(), withDestinationPath: path)
    }
    let run = try NewPlugin.run(
      plugin.lattice, ["run", "relay.yaml", "--plugins", "plugins", "--out", "results"],
      in: plugin.folder)
    try #require(run.code == 0, "\(run.text)")
    let data = try Data(contentsOf: URL(filePath: "\(folder)/results/addresses.json"))
    let noted = try JSONDecoder().decode(Addresses.self, from: data)
    let relays = [noted.relays.c, noted.relays.swift, noted.relays.rust]
    #expect(relays.allSatisfy { $0.count == 2 && $0[0] != $0[1] && $0[0] != 0 })
    #expect(relays.dropFirst().map { $0[0] } + [noted.into] == relays.map { $0[1] })
  }
}
