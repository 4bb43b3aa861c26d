import Checkpoints
import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// Parity with google-research/maskgit through the built binaries: import, read, encode, decode, write.
@Suite(.blocking) struct GoldenPipelineTests {
  private func floats(_ path: String, _ name: String? = nil) throws -> [Float] {
    let file = try Checkpoint(path: path)
    return try file.floats(try name.map { try file.entry($0) } ?? file.entries[0])
  }

  private func integers(_ path: String, _ name: String? = nil) throws -> [Int32] {
    let file = try Checkpoint(path: path)
    return try file.withBytes(try name.map { try file.entry($0) } ?? file.entries[0]) {
      Array($0.bindMemory(to: Int32.self))
    }
  }

  private func relativeError(_ found: [Float], _ wanted: ArraySlice<Float>) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let difference = zip(found, wanted).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    return (difference / wanted.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
  }

  /// One picture of the golden file as a file of its own.
  private func write(
    _ values: ArraySlice<Float>, _ shape: [Int], to url: URL
  ) throws {
    try Array(values).withUnsafeBytes { bytes in
      try TensorFileWriter.writeNPY(
        TensorFileWriter.Tensor(type: .f32, shape: shape, memory: bytes), to: url.path())
    }
  }

  @Test(arguments: [false, true]) func importEncodeDecode(isTorch: Bool) throws {
    let lattice = try Lattice()
    var source = Lattice.golden("TokenizersTests", "vqgan.msgpack").path()
    if isTorch {
      source = lattice.file("torch.safetensors").path()
      try TorchCheckpoint.write(
        from: Lattice.golden("TokenizersTests", "vqgan.msgpack").path(), to: source)
    }
    let imported = try lattice.run([
      "models", "import", "maskgit-tokenizer", source, "--config",
      Lattice.golden("TokenizersTests", "vqgan.json").path(), "--name", "golden@1",
    ])
    try #require(imported.status == 0, "\(imported.talk)")
    let io = Lattice.golden("TokenizersTests", "vqgan_io.safetensors").path()
    let images = try floats(io, "image")
    for index in 0..<2 {
      try write(
        images[(index * 3072)..<((index + 1) * 3072)], [32, 32, 3],
        to: lattice.file("picture-\(index).npy"))
    }
    let run = try lattice.spec(
      "parity",
      """
      input: { pictures: { dir: ., glob: "picture-*.npy" } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: pictures }, params: { shape: [32, 32, 3], semantic: image.rgb } }
        - { id: encode, use: vq.encode@1, model: golden@1, in: { image: read.tensor } }
        - { id: decode, use: vq.decode@1, model: golden@1, in: { tokens: encode.tokens } }
        - { id: tokens, use: tensor.write@1, in: { tensor: encode.tokens }, params: { name: "{item.stem}.tokens.npy" } }
        - { id: latent, use: tensor.write@1, in: { tensor: encode.latent }, params: { name: "{item.stem}.latent.npy" } }
        - { id: image, use: tensor.write@1, in: { tensor: decode.image }, params: { name: "{item.stem}.image.npy" } }
      """)
    try #require(run.status == 0, "\(run.talk)")
    let (indices, latents) = (try integers(io, "indices"), try floats(io, "z"))
    let pictures = try floats(io, "reconstruction").map { min(1, max(0, $0)) }
    for index in 0..<2 {
      let stem = lattice.file("parity/picture-\(index)").path()
      let tokens = try integers("\(stem).tokens.npy")
      #expect(tokens == Array(indices[(index * 64)..<((index + 1) * 64)]))
      let latent = try floats("\(stem).latent.npy")
      #expect(relativeError(latent, latents[(index * 2048)..<((index + 1) * 2048)]) <= 1e-4)
      let picture = try floats("\(stem).image.npy")
      #expect(relativeError(picture, pictures[(index * 3072)..<((index + 1) * 3072)]) <= 1e-4)
    }
  }

  /// A model that is no tokenizer of this kind, and a checkpoint of another shape, are told in sentences.
  @Test func whatDoesNotFitSaysWhy() throws {
    let lattice = try Lattice()
    let config = """
      {"filters": 32, "num_res_blocks": 1, "channel_multipliers": [1, 2], "embedding_dim": 32,
       "codebook_size": 64, "image_size": 32}
      """
    try Data(config.utf8).write(to: lattice.file("config.json"))
    let output = try lattice.run([
      "models", "import", "maskgit-tokenizer",
      Lattice.golden("TokenizersTests", "vqgan.msgpack").path(), "--config",
      "config.json", "--name", "golden@1",
    ])
    #expect(output.status == 1)
    #expect(output.talk.contains("params/decoder/Conv_3/kernel"), "\(output.talk)")
    #expect(output.talk.contains("params/encoder/ResBlock_1/Conv_0/kernel"), "\(output.talk)")
  }
}
