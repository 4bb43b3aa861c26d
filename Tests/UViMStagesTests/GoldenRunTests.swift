import Foundation
import LatticeDriver
import Testing

/// Parity with google-research/big_vision through the built binaries: import, read, encode, predict, decode, write.
@Suite(.blocking) struct GoldenRunTests {
  /// A file of the authors' numbers; larger ones by the environment.
  private static func golden(_ name: String) -> String {
    let folder = ProcessInfo.processInfo.environment["LATTICE_GOLDEN"]
    return folder.map { "\($0)/\(name)" } ?? Lattice.golden("UViMTests", name).path()
  }

  private static let labels = [
    "depth": ["depth"], "color": ["color"], "panoptic": ["instances", "semantics"],
  ]

  private func importModel(_ lattice: Lattice, _ task: String, _ golden: String) throws {
    let imported = try lattice.run([
      "models", "import", "uvim", task, Self.golden("\(golden).npz"), "--config",
      Self.golden("\(golden).json"), "--name", "golden@1",
    ])
    try #require(imported.status == 0, "\(imported.talk)")
  }

  /// A stage that reads a tensor of each item's file.
  private func read(
    _ id: String, _ key: String, _ shape: [Int], type: String = "f32", semantic: String? = nil
  ) -> String {
    let meaning = semantic.map { ", semantic: \($0)" } ?? ""
    return """
        - { id: \(id), use: tensor.read@1, in: { file: items },
            params: { key: "\(key)", shape: \(shape), type: \(type)\(meaning) } }

      """
  }

  private func write(_ id: String, _ port: String) -> String {
    """
      - { id: \(id), use: tensor.write@1, in: { tensor: \(port) }, params: { name: "\(id)-{item.stem}.npy" } }

    """
  }

  /// The code goes to a file and to the decoder: it is kept for whichever comes last.
  @Test(arguments: ["depth", "color", "panoptic"]) func stageOne(task: String) throws {
    let lattice = try Lattice()
    try importModel(lattice, task, "uvim_\(task)_stageI")
    let golden = try StoredTensors(Self.golden("uvim_\(task)_stageI_io.safetensors"))
    let count = try golden.split { lattice.file("item-\($0).safetensors").path() }
    let names = try #require(Self.labels[task])
    func item(_ name: String) throws -> [Int] { Array(try golden.shape(name).dropFirst()) }
    var stages = read("image", "ctx", try item("ctx"), semantic: "image.rgb")
    stages += read(
      "random", "random_code", try item("random_code"), type: "i32", semantic: "tokens.uvim")
    for name in names { stages += read(name, "in/\(name)", try item("in/\(name)")) }
    let inputs = names.map { "\($0): \($0).tensor" }.joined(separator: ", ")
    stages += """
        - { id: encode, use: uvim.encode@1, model: golden@1, params: { image_range: signed },
            in: { image: image.tensor, \(inputs) } }

      """
    stages += write("code", "encode.code") + write("bottleneck", "encode.bottleneck")
    for (id, code) in [("decode", "encode.code"), ("again", "random.tensor")] {
      stages += """
          - { id: \(id), use: uvim.decode@1, model: golden@1, params: { image_range: signed },
              in: { image: image.tensor, code: \(code) } }

        """
      for name in names { stages += write("\(id)-\(name)", "\(id).logits_\(name)") }
    }
    let files = (0..<count).map { "item-\($0).safetensors" }
    let run = try lattice.spec(
      "parity", "input: { items: { files: \(files) } }\nstages:\n\(stages)limits: { cpus: 2 }")
    try #require(run.status == 0, "\(run.talk)")

    func written(_ id: String) throws -> [StoredTensors] {
      try (0..<count).map { try StoredTensors(lattice.file("parity/\(id)-item-\($0).npy").path()) }
    }
    #expect(try written("code").flatMap { try $0.integers() } == golden.integers("code"))
    var pairs = [("bottleneck", "bottleneck")]
    for name in names {
      pairs += [("decode-\(name)", "logits/\(name)"), ("again-\(name)", "decode_random/\(name)")]
    }
    for (id, name) in pairs {
      let found = try written(id).flatMap { try $0.floats() }
      let error = StoredTensors.relativeError(found, try golden.floats(name))
      #expect(error <= 1e-4, "\(name): \(error)")
    }
  }

  /// Greedy codes, one by one and several at once; a code is a token less the one that starts a sequence.
  @Test func stageTwo() throws {
    let lattice = try Lattice()
    try importModel(lattice, "depth", "uvim_stageII")
    let golden = try StoredTensors(Self.golden("uvim_stageII_io.safetensors"))
    let count = try golden.split { lattice.file("item-\($0).safetensors").path() }
    let lookaheads = [0, 1, 5]
    var stages = read(
      "image", "image", Array(try golden.shape("image").dropFirst()), semantic: "image.rgb")
    for lookahead in lookaheads {
      stages += """
          - { id: predict\(lookahead), use: uvim.predict_code@1, model: golden@1, in: { image: image.tensor },
              params: { image_range: signed, lookahead: \(lookahead) } }

        """
      stages += write("code\(lookahead)", "predict\(lookahead).code")
    }
    let files = (0..<count).map { "item-\($0).safetensors" }
    let run = try lattice.spec(
      "parity", "input: { items: { files: \(files) } }\nstages:\n\(stages)")
    try #require(run.status == 0, "\(run.talk)")
    let wanted = try golden.integers("greedy").map { $0 - 1 }
    for lookahead in lookaheads {
      let found = try (0..<count).flatMap {
        try StoredTensors(lattice.file("parity/code\(lookahead)-item-\($0).npy").path()).integers()
      }
      #expect(found == wanted, "lookahead \(lookahead)")
    }
  }
}
