import Foundation
import LatticeDriver
import Testing

/// The same pictures under each `LATTICE_ISA`, through the built programs: the same tokens.
@Suite(.blocking) struct InstructionSetRunTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func run(_ lattice: Lattice, _ isa: String, _ spec: String) throws {
    try Data("version: 1\nname: tokens\n\(spec)\n".utf8).write(to: lattice.file("tokens.yaml"))
    let environment = ProcessInfo.processInfo.environment.merging([
      "LATTICE_SPOOL": lattice.file("spool").path(), "LATTICE_ISA": isa,
      "LATTICE_MODELS": Self.root.appending(path: "pipelines/models").path(),
    ]) { $1 }
    let output = try Lattice.run(
      ["run", "tokens.yaml", "--out", isa, "--work", "work-\(isa)", "-q"], in: lattice.folder,
      environment: environment)
    try #require(output.status == 0, "\(isa): \(output.talk)")
  }

  /// The files of a run, by name.
  private func files(_ lattice: Lattice, _ isa: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: lattice.file(isa).path())
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: lattice.file("\(isa)/\($0)")))
      })
  }

  private static let sets = ["plain", "avx2", "avx512", "avx512_bf16"]

  private static var input: String {
    "input: { photos: { dir: \"\(root.appending(path: "pipelines/samples").path())\", glob: \"crop-*.jpg\" } }"
  }

  /// Without a network in between nothing is added up in another order: all bytes are the same.
  @Test func tokensOfPixelsAreTheSameBytes() throws {
    let lattice = try Lattice()
    let spec = """
      \(Self.input)
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 64 } }
        - { id: tokens, use: fsq.quantize@1, in: { image: read.image }, params: { levels: [8, 8, 5] } }
        - { id: back, use: fsq.dequantize@1, in: { tokens: tokens.tokens }, params: { levels: [8, 8, 5] } }
        - { id: save, use: tensor.write@1, in: { tensor: tokens.tokens } }
        - { id: picture, use: tensor.write@1, in: { tensor: back.image }, params: { name: "{item.stem}.back.npy" } }
      """
    for isa in Self.sets { try run(lattice, isa, spec) }
    let plain = try files(lattice, "plain")
    #expect(plain.count == 16)
    for isa in Self.sets.dropFirst() { #expect(try files(lattice, isa) == plain, "\(isa)") }
  }

  /// A network's sums differ in their last bits between sets, and rounding hides that.
  ///
  /// A token differs only where a value lies on the very edge of two codes: one in a thousand may, and then by one step
  /// of one channel.
  @Test func tokensOfANetworkAreTheSame() throws {
    let lattice = try Lattice()
    let spec = """
      \(Self.input)
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 128 } }
        - { id: encode, use: fsq.encode@1, model: fsq-photo-f8@2, in: { image: read.image } }
        - { id: save, use: tensor.write@1, in: { tensor: encode.tokens } }
      """
    for isa in Self.sets { try run(lattice, isa, spec) }
    let config = try JSONDecoder().decode(
      Configuration.self,
      from: Data(
        contentsOf: Self.root.appending(path: "pipelines/models/fsq-photo-f8/2/config.json")))
    let plain = try tokens(try files(lattice, "plain"))
    #expect(plain.count == 8 * 256)
    for isa in Self.sets.dropFirst() {
      let found = try tokens(try files(lattice, isa))
      try #require(found.count == plain.count)
      let differing = plain.indices.filter { found[$0] != plain[$0] }
      #expect(differing.count <= plain.count / 1000, "\(isa): \(differing.count) differ")
      for place in differing {
        #expect(
          isNeighbour(found[place], plain[place], config.levels),
          "\(isa): \(found[place]) is far from \(plain[place])")
      }
    }
  }

  private struct Configuration: Decodable { let levels: [Int] }

  /// All tokens of a run, file after file.
  private func tokens(_ files: [String: Data]) throws -> [Int32] {
    files.sorted { $0.key < $1.key }.flatMap { _, data -> [Int32] in
      let bytes = data.dropFirst(10 + Int(data[8]) + Int(data[9]) << 8)
      return [Int32](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
        count = bytes.copyBytes(to: buffer) / 4
      }
    }
  }

  /// Whether two codes differ by one step of one channel.
  private func isNeighbour(_ one: Int32, _ other: Int32, _ levels: [Int]) -> Bool {
    var (a, b, steps) = (Int(one), Int(other), 0)
    for level in levels {
      steps += abs(a % level - b % level)
      (a, b) = (a / level, b / level)
    }
    return steps == 1
  }
}
