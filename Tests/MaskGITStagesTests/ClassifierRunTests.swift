import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// The judge: learns to tell pictures, and says how many it tells.
@Suite(.blocking) struct ClassifierRunTests {
  private struct Summary: Decodable {
    let accuracy: Double
    let items, right: Int
    let classes: [String: Double]
  }

  /// Dark and light pictures of noise.
  private func write(_ count: Int, seed: UInt64, to url: URL) throws {
    var state = seed
    var samples = [UInt8](repeating: 0, count: count * 8 * 8 * 3)
    for place in samples.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let isLight = place / 192 % 2 == 1
      let isLeft = place % 24 / 3 < 4
      samples[place] = UInt8(state >> 58) + (isLight == isLeft ? 120 : 40)
    }
    let labels = (0..<count).map { UInt8($0 % 2) }
    try samples.withUnsafeBytes { samples in
      try labels.withUnsafeBytes { labels in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(
              name: "images", type: .u8, shape: [count, 8, 8, 3], memory: samples),
            TensorFileWriter.Tensor(name: "labels", type: .u8, shape: [count], memory: labels),
          ], to: url.path())
      }
    }
  }

  @Test func learnsAndJudges() throws {
    let lattice = try Lattice()
    try write(64, seed: 1, to: lattice.file("train.safetensors"))
    try write(20, seed: 2, to: lattice.file("test.safetensors"))
    let training = try lattice.spec(
      "train",
      """
      input: { pictures: { files: [train.safetensors] } }
      stages:
        - id: train
          use: classifier.train@1
          params: { size: 8, widths: [8, 16], steps: 40, batch: 16, warmup: 5, rate: 0.01, average: 0.8 }
      output: { model: judge }
      seed: 1
      """)
    try #require(training.status == 0, "\(training.talk)")
    let run = try lattice.spec(
      "judge",
      """
      input: { pictures: { count: 20 } }
      stages:
        - { id: read, use: dataset.read@1, params: { file: test.safetensors, size: 8 } }
        - { id: look, use: classifier.predict@1, model: judge@1, in: { image: read.image, label: read.label } }
        - { id: count, use: classifier.metrics@1, in: { label: look.label, wanted: read.label } }
        - id: sheet
          use: sheet.write@1
          in: { image: read.image, label: look.label }
          params: { columns: 10, tile: 16, label_names: [dark, light] }
        - { id: save, use: tensor.write@1, in: { tensor: look.label }, params: { name: "{item.number}.npy" } }
      shards: { items: 7 }
      """)
    try #require(run.status == 0, "\(run.talk)")
    var right = 0
    for item in 0..<20 {
      let name = String(format: "%06d", item)
      let bytes = try Data(contentsOf: lattice.file("judge/\(name).npy"))
      if Int(bytes[bytes.count - 4]) == item % 2 { right += 1 }
    }
    #expect(right >= 18, "\(right) of 20")
    let summary = try JSONDecoder().decode(
      Summary.self, from: Data(contentsOf: lattice.file("judge/accuracy.json")))
    #expect(summary.items == 20 && summary.right == right)
    #expect(summary.accuracy == Double(right) / 20)
    #expect(summary.classes.count == 2)
    #expect(
      abs((summary.classes["0"] ?? 0) + (summary.classes["1"] ?? 0) - 2 * summary.accuracy) < 1e-9)
    // Two rows of ten: 16 pixels and a line of letters each, 4 between.
    let sheet = try Data(contentsOf: lattice.file("judge/contact-sheet.png"))
    #expect(sheet[16..<24].elementsEqual([0, 0, 0, 204, 0, 0, 0, 62]))
  }
}
