import Checkpoints
import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// Parity with google-research/maskgit through the built binaries: import, read tokens, logits, write.
@Suite(.blocking) struct GoldenLogitsTests {
  /// One input of the authors' form, the class as a row of the vocabulary, then 64 tokens, as a file of its own.
  private func write(_ row: ArraySlice<Int32>, to url: URL) throws {
    let tokens = row.dropFirst().map { $0 == 74 ? -1 : $0 }
    let label = [(row.first ?? 0) - 64]
    try tokens.withUnsafeBytes { tokens in
      try label.withUnsafeBytes { label in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(name: "tokens", type: .i32, shape: [8, 8], memory: tokens),
            TensorFileWriter.Tensor(name: "label", type: .i32, shape: [], memory: label),
          ], to: url.path())
      }
    }
  }

  @Test(arguments: [("input", "logits"), ("partial_input", "partial_logits")])
  func theOfficialCheckpointGivesTheAuthorsLogits(input: String, output: String) throws {
    let lattice = try Lattice()
    let imported = try lattice.run([
      "models", "import", "maskgit", Lattice.golden("MaskGITTests", "maskgit.msgpack").path(),
      "--config", Lattice.golden("MaskGITTests", "maskgit.json").path(), "--name", "golden@1",
    ])
    try #require(imported.status == 0, "\(imported.talk)")
    let numbers = try Checkpoint(
      path: Lattice.golden("MaskGITTests", "maskgit_io.safetensors").path())
    let rows = try numbers.withBytes(try numbers.entry(input)) {
      Array($0.bindMemory(to: Int32.self))
    }
    for item in 0..<2 {
      try write(rows[(item * 65)..<(item * 65 + 65)], to: lattice.file("item-\(item).safetensors"))
    }
    let run = try lattice.spec(
      "parity",
      """
      input: { files: { dir: ., glob: "item-*.safetensors" } }
      stages:
        - id: tokens
          use: tensor.read@1
          in: { file: files }
          params: { key: tokens, shape: [8, 8], type: i32, semantic: tokens }
        - id: label
          use: tensor.read@1
          in: { file: files }
          params: { key: label, shape: [], type: i32, semantic: label }
        - { id: look, use: maskgit.logits@1, model: golden@1, in: { tokens: tokens.tensor, label: label.tensor } }
        - { id: save, use: tensor.write@1, in: { tensor: look.logits }, params: { name: "{item.stem}.npy" } }
      """)
    try #require(run.status == 0, "\(run.talk)")
    let wanted = try numbers.floats(numbers.entry(output))
    let size = 65 * 75
    for item in 0..<2 {
      let file = try Checkpoint(path: lattice.file("parity/item-\(item).npy").path())
      #expect(file.entries[0].shape == [65, 75])
      let found = try file.floats(file.entries[0])
      let theirs = wanted[(item * size)..<((item + 1) * size)]
      let difference = zip(found, theirs).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
      let norm = theirs.reduce(0.0) { $0 + pow(Double($1), 2) }
      #expect(found.count == size && (difference / norm).squareRoot() <= 1e-4)
    }
  }
}
