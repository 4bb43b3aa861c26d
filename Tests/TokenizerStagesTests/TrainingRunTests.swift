import Foundation
import LatticeDriver
import Testing

/// Training by a spec: learns, publishes a model that encodes and decodes, and comes to the same bytes when it is
/// killed on the way.
@Suite(.blocking) struct TrainingRunTests {
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
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 64)
    let run = try lattice.spec("train", training(stage, more, steps: 60))
    try #require(run.status == 0, "\(run.talk)")
    let model = lattice.file("spool/models/\(stage)-tiny/1")
    let metrics = try JSONDecoder().decode(
      [String: Double].self, from: try Data(contentsOf: model.appending(path: "metrics.json")))
    let psnr = try #require(metrics["validation_psnr"])
    #expect(psnr > 11, "\(psnr)")
    #expect((0...1).contains(try #require(metrics["codebook_usage"])))
    let epochs = try lattice.jobFile("train", "metrics/train.jsonl").matches(
      of: /"epoch_codebook_usage":([0-9.]+)/
    ).compactMap { Double($0.1) }
    // 60 steps of 8 of 64 pictures.
    #expect(epochs.count == 7 && epochs.allSatisfy { $0 > 0 && $0 <= 1 }, "\(epochs)")
    let log = try lattice.jobFile("train", "metrics/train.jsonl")
    #expect(log.contains("\"epoch_entropy\":") && log.contains("\"epoch_perplexity\":"))
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

  /// All terms of the loss at once: what is measured of them, and what the card says.
  @Test func lossesOfOtherNetworks() throws {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 16)
    let network = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "pipelines/models/efficientnet-lite0/1").path()
    let losses =
      "levels: [8, 5, 5], perceptual: 0.1, features: '\(network)', adversarial: 0.2, adversarial_loss: hinge, "
      + "r1: 1, adversarial_start: 10, discriminator_filters: 8, discriminator_layers: 1"
    let run = try lattice.spec("train", training("fsq", losses, steps: 20))
    try #require(run.status == 0, "\(run.talk)")
    let lines = try lattice.jobFile("train", "metrics/train.jsonl").split(separator: "\n")
      .filter { $0.contains("\"mean_squared_error\"") }
    #expect(lines.count == 2)
    for (line, isStarted) in zip(lines, [false, true]) {
      #expect(line.contains("perceptual_loss"))
      for name in ["adversarial_loss", "discriminator_loss", "r1_penalty"] {
        #expect(line.contains(name) == isStarted, "\(line)")
      }
    }
    let card = try String(
      contentsOf: lattice.file("spool/models/fsq-tiny/1/README.md"), encoding: .utf8)
    #expect(
      card.contains(
        "loss 0.0 L1 + 1.0 L2 + 0.1 perceptual (EfficientNet-Lite0) + 0.2 adversarial (hinge, R1 1.0, from step 10)"
      ), "\(card)")
  }

  @Test(
    arguments: [
      (
        "perceptual: 0.1",
        "'perceptual' needs a network: give 'features: ../models/efficientnet-lite0/1', the folder of that model"
      ),
      (
        "adversarial: 0.1, discriminator_filters: 12, discriminator_layers: 1",
        "'discriminator_filters' is 12; it must be a multiple of 8"
      ),
      (
        "adversarial: 0.1, discriminator_layers: 3",
        "a discriminator of 3 layers looks at squares of 24 pixels and more; 'size' is 16"
      ),
    ]) func saysWhatLossesNeed(losses: String, sentence: String) throws
  {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 16)
    let run = try lattice.spec("train", training("fsq", "levels: [8, 5, 5], \(losses)", steps: 10))
    #expect(run.status == 2, "\(run.status)")
    #expect(run.talk.contains(sentence), "\(run.talk)")
  }

  /// Nothing that depends on tiles, a shortcut past each block, Adafactor on a straight line, the decoder held back; what
  /// measured best is published, and a second run begins with it.
  @Test(arguments: ["pixel", "none"]) func trainsOtherNetworks(norm: String) throws {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 64)
    let more = """
      levels: [8, 5, 5], norm: \(norm), shortcut: input, optimizer: adafactor, schedule: linear, rate_floor: 0.2,
                  rate_factors: [decoder=0.5], validation: set.safetensors, validate_every: 10, keep_best: true
      """
    let run = try lattice.spec("train", training("fsq", more, steps: 40))
    try #require(run.status == 0, "\(run.talk)")
    let config = try String(
      contentsOf: lattice.file("spool/models/fsq-tiny/1/config.json"), encoding: .utf8)
    #expect(
      config.contains("\"norm\" : \"\(norm)\"") && config.contains("\"shortcut\" : \"input\""))
    let next = try lattice.spec(
      "next",
      training(
        "fsq", "levels: [8, 5, 5], norm: \(norm), shortcut: input, start: spool/models/fsq-tiny/1",
        steps: 10))
    try #require(next.status == 0, "\(next.talk)")
    func psnr(_ version: Int) throws -> Double {
      let data = try Data(
        contentsOf: lattice.file("spool/models/fsq-tiny/\(version)/metrics.json"))
      return try JSONDecoder().decode([String: Double].self, from: data)["validation_psnr"] ?? 0
    }
    let (first, second) = (try psnr(1), try psnr(2))
    #expect(first > 9 && second > first - 1, "\(first), \(second)")
  }

  /// Two quantizers at two sizes of the codebook, a line in the table for each.
  @Test func aStudyComparesQuantizers() throws {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 64)
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
        "codebook_usage", "perplexity", "bits_per_token", "training_usage",
      ])
    #expect(
      lines.dropFirst().map { $0.prefix(2).joined(separator: " ") }
        == ["fsq 4", "vq_split 4", "fsq 6", "vq_split 6"])
    for line in lines.dropFirst() {
      #expect(line.count == 9 && line.dropFirst(2).allSatisfy { Double($0) ?? -1 >= 0 }, "\(line)")
      #expect((Double(line[8]) ?? 2) <= 1)
    }
  }

  /// Normalisation goes over a tile: unless told otherwise, one of twice the side that the network learned from.
  @Test func largePicturesGoInTilesOfTwiceTheTrainingSize() throws {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 64)
    let trained = try lattice.spec("train", training("fsq", "levels: [8, 5, 5]", steps: 10))
    try #require(trained.status == 0, "\(trained.talk)")
    let tiles = ["own": "", "double": "tile: 32", "whole": "tile: 48"]
    let stages = tiles.sorted { $0.key < $1.key }.map { name, tile in
      """
        - { id: \(name), use: fsq.encode@1, model: fsq-tiny@1, in: { image: read.image }, params: { \(tile) } }
        - { id: save-\(name), use: tensor.write@1, in: { tensor: \(name).latent }, params: { name: \(name).npy } }
      """
    }
    let run = try lattice.spec(
      "use",
      """
      input: { scenes: { count: 1 } }
      stages:
        - { id: read, use: scenes.render@1, params: { size: 48 } }
      \(stages.joined(separator: "\n"))
      """)
    try #require(run.status == 0, "\(run.talk)")
    func latent(_ name: String) throws -> Data {
      try Data(contentsOf: lattice.file("use/\(name).npy"))
    }
    #expect(try latent("own") == latent("double"))
    #expect(try latent("own") != latent("whole"))
  }

  /// Straight, and stopped by a kill in the middle: byte-equal weights, with a discriminator that starts in between.
  @Test func aKilledRunEndsWithTheSameBytes() throws {
    let text = training(
      "fsq",
      "levels: [8, 5, 5], adversarial: 0.1, adversarial_start: 70, discriminator_filters: 8, discriminator_layers: 1",
      steps: 100)
    var weights: [Data] = []
    for isKilled in [false, true] {
      let lattice = try Lattice()
      try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 64)
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
