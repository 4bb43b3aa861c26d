import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// Levels that can't be and latents that are no numbers, as a user meets them.
@Suite(.blocking) struct QuantizerFaultTests {
  private static let nineLevels = "[256, 256, 256, 256, 256, 256, 256, 256, 256]"

  @Test func nineLevelsOf256AreRefusedByCheck() throws {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 8)
    try Data(
      """
      version: 1
      name: train
      input: { pictures: { files: [set.safetensors] } }
      stages:
        - { id: train, use: fsq.train@1, in: { file: pictures }, params: { levels: \(Self.nineLevels), steps: 1 } }
      output: { model: tiny }
      """.utf8
    ).write(to: lattice.file("train.yaml"))
    let check = try lattice.run(["check", "train.yaml"])
    #expect(check.status != 0)
    #expect(
      (check.talk + check.data).contains("make more than 2147483647 codes"),
      "\(check.talk) \(check.data)")
  }

  @Test func nineLevelsOf256AreRefusedByImport() throws {
    let lattice = try Lattice()
    try Data(
      #"{"quantizer": "fsq", "levels": \#(Self.nineLevels), "filters": 32, "num_res_blocks": 1, "channel_multipliers": [1, 2], "image_size": 32}"#
        .utf8
    ).write(to: lattice.file("config.json"))
    let imported = try lattice.run([
      "models", "import", "maskgit-tokenizer",
      Lattice.golden("TokenizersTests", "vqgan.msgpack").path(), "--config",
      lattice.file("config.json").path(), "--name", "many@1",
    ])
    #expect(imported.status != 0)
    #expect(
      imported.talk.contains("make more than 2147483647 codes"), "\(imported.talk)")
  }

  private func write(_ values: [Float], to url: URL) throws {
    try values.withUnsafeBytes { bytes in
      try TensorFileWriter.writeNPY(
        TensorFileWriter.Tensor(type: .f32, shape: [2, 2, 2], memory: bytes), to: url.path())
    }
  }

  /// Values that are no numbers would be the middle code; the item fails instead, and says how many and where.
  @Test(arguments: ["latent", "unit"]) func latentsThatAreNoNumbersFailTheirItem(input: String)
    throws
  {
    let lattice = try Lattice()
    try write([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], to: lattice.file("good.npy"))
    try write([0, 0.1, 0.2, .nan, 0.4, .infinity, 0.6, 0.7], to: lattice.file("bad.npy"))
    let run = try lattice.spec(
      "use",
      """
      input: { latents: { files: [good.npy, bad.npy] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: latents }, params: { shape: [2, 2, 2], type: f32 } }
        - { id: tokens, use: fsq.quantize@1, in: { image: read.tensor }, params: { levels: [5, 5], input: \(input) } }
        - { id: save, use: tensor.write@1, in: { tensor: tokens.tokens }, params: { name: "{item.stem}.npy" } }
      errors: { max_failed_items: 1 }
      """)
    #expect(run.status == 3, "\(run.talk)")
    let failed = try lattice.jobFile("use", "failed.jsonl")
    #expect(
      failed.contains(
        "2 of 8 values to be quantized are no finite numbers, the first at place 3, which is channel 1 of vector 1; only numbers can be rounded to tokens"
      ), "\(failed)")
    #expect(FileManager.default.fileExists(atPath: lattice.file("use/good.npy").path()))
  }
}
