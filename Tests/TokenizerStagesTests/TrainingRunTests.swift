import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// Training by a spec: learns, publishes a model that encodes and decodes, and comes to the same bytes when it is
/// killed on the way.
@Suite struct TrainingRunTests {
  /// A packed set of pictures of two colours.
  private func writeSet(_ url: URL, count: Int) throws {
    var state: UInt64 = 7
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    var samples = [UInt8](repeating: 0, count: count * 16 * 16 * 3)
    for picture in 0..<count {
      let colours = (0..<6).map { _ in UInt8(random() % 256) }
      let edge = Int(random() % 16)
      for place in 0..<256 {
        for channel in 0..<3 {
          samples[(picture * 256 + place) * 3 + channel] =
            colours[(place % 16 < edge ? 0 : 3) + channel]
        }
      }
    }
    let labels = (0..<count).map { UInt8($0 % 2) }
    try samples.withUnsafeBytes { samples in
      try labels.withUnsafeBytes { labels in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(
              name: "images", type: .u8, shape: [count, 16, 16, 3], memory: samples),
            TensorFileWriter.Tensor(name: "labels", type: .u8, shape: [count], memory: labels),
          ], to: url.path())
      }
    }
  }

  private func training(_ stage: String, _ more: String, steps: Int) -> String {
    """
    input: { pictures: { files: [set.safetensors] } }
    stages:
      - id: train
        use: \(stage).train@1
        in: { file: pictures }
        params: { size: 16, filters: 16, groups: 4, multipliers: [1, 2], steps: \(steps), batch: 8, warmup: 10,
                  rate: 3.0e-3, average: 0.9, report_every: 10, weights: f32, \(more) }
        checkpoint: { every: 10 steps, keep: 2 }
    output: { model: \(stage)-tiny }
    seed: 3
    """
  }

  @Test(
    arguments: [
      ("fsq", "levels: [8, 5, 5]"), ("vq", "codes: 32, width: 4, reseed_below: 0.05"),
    ])
  func trainsPublishesEncodesAndDecodes(stage: String, more: String) throws {
    let lattice = try Lattice()
    try writeSet(lattice.file("set.safetensors"), count: 64)
    let run = try lattice.spec("train", training(stage, more, steps: 60))
    try #require(run.status == 0, "\(run.talk)")
    let model = lattice.file("spool/models/\(stage)-tiny/1")
    let metrics = try JSONDecoder().decode(
      [String: Double].self, from: try Data(contentsOf: model.appending(path: "metrics.json")))
    let psnr = try #require(metrics["validation_psnr"])
    #expect(psnr > 11, "\(psnr)")
    #expect((0...1).contains(try #require(metrics["codebook_usage"])))
    let card = try String(contentsOf: model.appending(path: "README.md"), encoding: .utf8)
    #expect(card.contains("Trained in 60 steps of 8 squares of 16 pixels"))
    let verified = try lattice.run(["models", "verify", "\(stage)-tiny@1"])
    #expect(verified.status == 0, "\(verified.talk)")
    let preview = try FileManager.default.contentsOfDirectory(
      atPath: lattice.file("train").path()
    ).filter { $0.hasSuffix(".png") }
    #expect(preview.contains("reconstructions-00000060.png"), "\(preview)")
    // 15x13 pixels: neither side is a multiple of the stride.
    let use = try lattice.spec(
      "use",
      """
      input: { pictures: { count: 3 } }
      stages:
        - { id: read, use: dataset.read@1, in: {}, params: { file: set.safetensors, size: 15 } }
        - { id: encode, use: \(stage).encode@1, model: \(stage)-tiny@1, in: { image: read.image } }
        - { id: decode, use: \(stage).decode@1, model: \(stage)-tiny@1, in: { tokens: encode.tokens } }
        - { id: quality, use: image.metrics@1, in: { image: decode.image, reference: read.image } }
      """)
    #expect(use.status == 0, "\(use.talk)")
    let table = try String(contentsOf: lattice.file("use/metrics.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 4)
  }

  /// Two quantizers at two sizes of the codebook, a line in the table for each.
  @Test func aStudyComparesQuantizers() throws {
    let lattice = try Lattice()
    try writeSet(lattice.file("set.safetensors"), count: 64)
    let run = try lattice.spec(
      "study",
      """
      input: { pictures: { files: [set.safetensors] } }
      stages:
        - id: study
          use: tokenizer.study@1
          in: { file: pictures }
          params: { bits: [4, 6], variants: [fsq, vq_split], width: 4, size: 16, filters: 16, groups: 4,
                    multipliers: [1, 2], steps: 20, batch: 8, warmup: 5, average: 0.9 }
      """)
    try #require(run.status == 0, "\(run.talk)")
    let table = try String(contentsOf: lattice.file("study/tradeoff.csv"), encoding: .utf8)
    let lines = table.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(
      lines[0] == [
        "variant", "log2_codebook", "validation_psnr", "validation_ssim", "validation_mse",
        "codebook_usage", "perplexity", "bits_per_token",
      ])
    #expect(
      lines.dropFirst().map { $0.prefix(2).joined(separator: " ") }
        == ["fsq 4", "vq_split 4", "fsq 6", "vq_split 6"])
    for line in lines.dropFirst() {
      #expect(line.count == 8 && line.dropFirst(2).allSatisfy { Double($0) ?? -1 >= 0 }, "\(line)")
    }
  }

  /// Straight, and stopped by a kill in the middle: byte-equal weights.
  @Test func aKilledRunEndsWithTheSameBytes() throws {
    let text = training("fsq", "levels: [8, 5, 5]", steps: 100)
    var weights: [Data] = []
    for isKilled in [false, true] {
      let lattice = try Lattice()
      try writeSet(lattice.file("set.safetensors"), count: 64)
      if isKilled { try killOnTheWay(lattice, text) }
      let run = try lattice.spec("train", text)
      try #require(run.status == 0, "\(run.talk)")
      weights.append(
        try Data(contentsOf: lattice.file("spool/models/fsq-tiny/1/model.safetensors")))
    }
    #expect(weights[0] == weights[1])
  }

  /// Starts a run and kills its worker once there is a checkpoint; the run itself then goes on with a new worker.
  private func killOnTheWay(_ lattice: Lattice, _ text: String) throws {
    let folder = lattice.folder.path()
    let killer = Thread {
      for _ in 0..<4000 {
        usleep(5000)
        let names = FileManager.default.enumerator(atPath: "\(folder)/.lattice")
        let isUnderWay =
          names?.contains { ($0 as? String)?.hasSuffix("step-00000020.safetensors") ?? false }
          ?? false
        guard isUnderWay else { continue }
        let pkill = Process()
        pkill.executableURL = URL(filePath: "/usr/bin/pkill")
        pkill.arguments = ["-9", "-f", "lattice-worker run \(folder)"]
        try? pkill.run()
        pkill.waitUntilExit()
        return
      }
    }
    killer.start()
  }
}
