import Foundation
import LatticeDriver
import Testing

/// Small models from training to maps, by the binaries: from scenes, and from pictures with labels in files.
@Suite(.blocking) struct TrainingRunTests {
  /// Scenes as files: pictures, depth in millimetres and as .npy, COCO's panoptic labels.
  private func writeScenes(_ lattice: Lattice, count: Int) throws {
    let run = try lattice.spec(
      "scenes",
      """
      input: { scenes: { count: \(count) } }
      stages:
        - { id: render, use: scenes.render@1, params: { size: 16 } }
        - { id: picture, use: image.write@1, in: { image: render.image }, params: { name: "{item.stem}.png" } }
        - { id: depth, use: depth.write@1, in: { depth: render.depth },
            params: { name: "{item.stem}.depth.png" } }
        - { id: labels, use: panoptic.write@1, in: { panoptic: render.panoptic },
            params: { name: "{item.stem}.panoptic.png", categories: [sphere, box, cylinder, cone, ground, sky],
                      things: [sphere, box, cylinder, cone] } }
      """)
    try #require(run.status == 0, "\(run.talk)")
  }

  private func training(_ task: String, _ data: String) -> String {
    """
    stages:
      - id: train
        use: uvim.train@1
        params: { task: \(task), \(data), size: 16, patch: 8, codes: 1, width: 16, heads: 2, mlp: 16, bins: 8,
                  encoder_depth: 1, decoder_depth: 1, language_encoder_depth: 1, language_decoder_depth: 1,
                  levels: [5, 5], instances: 6, batch: 4, steps: 6, language_steps: 6, warmup: 2, average: 0.5,
                  report_every: 2 }
        checkpoint: { every: 4 steps, keep: 1 }
    output: { model: tiny }
    seed: 5
    """
  }

  private static let labels = ["depth": "depth", "color": "image", "panoptic": "panoptic"]
  private static let stages = [
    "depth": "uvim.depth", "color": "uvim.colorize", "panoptic": "uvim.panoptic",
  ]

  /// The parts one after the other give what the whole chain gives, bit by bit; codes are kept for all that read them.
  private func useModel(_ lattice: Lattice, _ task: String) throws {
    let label = try #require(Self.labels[task])
    let map = task == "color" ? "color" : label
    let output = task == "color" ? "image" : label
    let run = try lattice.spec(
      "use",
      """
      input: { scenes: { count: 3 } }
      stages:
        - { id: render, use: scenes.render@1, params: { size: 24 } }
        - { id: encode, use: uvim.encode@1, model: tiny@1, in: { image: render.image, \(task): render.\(label) } }
        - { id: predict, use: uvim.predict_code@1, model: tiny@1, in: { image: render.image } }
        - { id: oracle, use: tensor.write@1, in: { tensor: encode.code }, params: { name: "oracle-{item.stem}.npy" } }
        - { id: code, use: tensor.write@1, in: { tensor: predict.code }, params: { name: "code-{item.stem}.npy" } }
        - { id: decode, use: uvim.decode@1, model: tiny@1, in: { image: render.image, code: predict.code } }
        - { id: best, use: uvim.decode@1, model: tiny@1, in: { image: render.image, code: encode.code } }
        - { id: whole, use: \(try #require(Self.stages[task]))@1, model: tiny@1, in: { image: render.image } }
        - { id: drawn, use: \(try #require(Self.stages[task]))@1, model: tiny@1, in: { image: render.image },
            params: { draws: 4, temperature: 0.00001 } }
        - { id: cold, use: tensor.write@1, in: { tensor: drawn.\(output) }, params: { name: "cold-{item.stem}.npy" } }
        - { id: one, use: tensor.write@1, in: { tensor: whole.\(output) }, params: { name: "whole-{item.stem}.npy" } }
        - { id: two, use: tensor.write@1, in: { tensor: decode.\(map) }, params: { name: "parts-{item.stem}.npy" } }
        - { id: three, use: tensor.write@1, in: { tensor: best.\(map) }, params: { name: "best-{item.stem}.npy" } }
        - { id: usage, use: tokens.metrics@1, in: { tokens: predict.code, reference: encode.code },
            params: { codebook: 25, name: usage } }
      \(metrics(task))
      limits: { cpus: 2 }
      """)
    try #require(run.status == 0, "\(run.talk)")
    try checkUsage(lattice)
    if task == "color" { try checkColors(lattice) }
    for index in 0..<3 {
      func file(_ name: String) -> String {
        lattice.file("use/\(name)-\(stem(index)).npy").path()
      }
      #expect(
        try Data(contentsOf: URL(filePath: file("whole")))
          == Data(contentsOf: URL(filePath: file("parts"))))
      if task == "depth" {
        // An expectation over probabilities that were averaged differs in its last bits.
        let pairs = zip(
          try StoredTensors(file("cold")).floats(), try StoredTensors(file("whole")).floats())
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 }, "four draws of the likeliest code")
      } else {
        #expect(
          try Data(contentsOf: URL(filePath: file("cold")))
            == Data(contentsOf: URL(filePath: file("whole"))), "four draws of the likeliest code")
      }
      #expect(try StoredTensors(file("oracle")).integers().allSatisfy { (0..<25).contains($0) })
      #expect(try StoredTensors(file("code")).integers().allSatisfy { (-1..<25).contains($0) })
      if task != "panoptic" {
        #expect(try StoredTensors(file("best")).floats().allSatisfy { (0...10).contains($0) })
      }
    }
  }

  private func metrics(_ task: String) -> String {
    switch task {
    case "depth":
      "  - { id: score, use: depth.metrics@1, in: { depth: whole.depth, reference: render.depth } }"
    case "color":
      "  - { id: score, use: color.metrics@1, in: { image: whole.image, reference: render.image } }"
    default:
      """
        - { id: score, use: panoptic.metrics@1, in: { panoptic: whole.panoptic, reference: render.panoptic },
            params: { categories: [sphere, box, cylinder, cone, ground, sky], things: [sphere, box, cylinder, cone] } }
      """
    }
  }

  private struct Usage: Decodable {
    let tokens, used: Int
    let usage, accuracy, entropy, perplexity, entropy_share: Double
  }

  /// The numbers of tokens.metrics are those of the files.
  private func checkUsage(_ lattice: Lattice) throws {
    let summary = try JSONDecoder().decode(
      Usage.self, from: Data(contentsOf: lattice.file("use/usage.json")))
    func codes(_ name: String) throws -> [Int32] {
      try (0..<3).flatMap {
        try StoredTensors(lattice.file("use/\(name)-\(stem($0)).npy").path()).integers()
      }
    }
    let (predicted, wanted) = (try codes("code"), try codes("oracle"))
    let known = predicted.filter { $0 >= 0 }
    #expect(summary.tokens == known.count)
    #expect(summary.used == Set(known).count && summary.usage == Double(summary.used) / 25)
    #expect(abs(summary.perplexity - pow(2, summary.entropy)) < 1e-9)
    #expect(abs(summary.entropy_share - summary.entropy / log2(25)) < 1e-9)
    #expect(summary.accuracy == Double(zip(predicted, wanted).count { $0 == $1 }) / 3)
  }

  private struct Colors: Decodable {
    let items: Int
    let chroma_psnr, chroma_psnr_of_gray, chroma_psnr_of_all, chroma_psnr_of_all_gray: Double
    let chroma_psnr_of_constant, chroma_psnr_of_all_constant, constant_a, constant_b: Double
  }

  /// The summary of color.metrics follows from its table.
  private func checkColors(_ lattice: Lattice) throws {
    let summary = try JSONDecoder().decode(
      Colors.self, from: Data(contentsOf: lattice.file("use/color-metrics.json")))
    let table = try String(contentsOf: lattice.file("use/color-metrics.csv"), encoding: .utf8)
    let lines = table.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(summary.items == 3 && lines.count == 3)
    for (column, mean, ofAll) in [
      (1, summary.chroma_psnr, summary.chroma_psnr_of_all),
      (2, summary.chroma_psnr_of_gray, summary.chroma_psnr_of_all_gray),
      (3, summary.chroma_psnr_of_constant, summary.chroma_psnr_of_all_constant),
    ] {
      let decibels = lines.compactMap { Double($0[column]) }
      try #require(decibels.count == 3)
      #expect(abs(decibels.reduce(0, +) / 3 - mean) < 1e-9)
      let error = decibels.map { pow(10, -$0 / 10) }.reduce(0, +) / 3
      #expect(abs(-10 * log10(error) - ofAll) < 1e-9)
    }
    // No one colour is better over all pictures, grey least of all.
    #expect(summary.chroma_psnr_of_all_constant >= summary.chroma_psnr_of_all_gray)
  }

  private func stem(_ index: Int) -> String {
    String(repeating: "0", count: 6 - "\(index)".count) + "\(index)"
  }

  @Test(arguments: ["depth", "panoptic"]) func scenes(task: String) throws {
    let lattice = try Lattice()
    let run = try lattice.spec("train", training(task, "data: scenes, examples: 16"))
    try #require(run.status == 0, "\(run.talk)")
    let verified = try lattice.run(["models", "verify", "tiny@1"])
    #expect(verified.status == 0, "\(verified.talk)")
    try useModel(lattice, task)
  }

  @Test(arguments: [
    ("depth", "data: pictures"), ("color", "data: pictures"),
    (
      "panoptic",
      #"data: pictures, annotations: panoptic.json, masks: ".""#
    ),
  ]) func files(task: String, data: String) throws {
    let lattice = try Lattice()
    try writeScenes(lattice, count: 8)
    let input = #"input: { pictures: { dir: scenes, glob: "??????.png" } }"#
    let run = try lattice.spec("train", "\(input)\n\(training(task, data))")
    try #require(run.status == 0, "\(run.talk)")
    let configuration = try String(
      contentsOf: lattice.file("spool/models/tiny/1/config.json"), encoding: .utf8)
    if task == "panoptic" {
      // The names are those of the annotations.
      for name in ["sphere", "ground", "sky"] { #expect(configuration.contains("\"\(name)\"")) }
    }
    try useModel(lattice, task)
  }

  /// Three pictures and their mirror images are enough for steps of four, without those they are not.
  @Test func mirrorImagesAreExamples() throws {
    let lattice = try Lattice()
    try writeScenes(lattice, count: 3)
    let input = #"input: { pictures: { dir: scenes, glob: "??????.png" } }"#
    let bare = try lattice.spec(
      "bare", "\(input)\n\(training("depth", "data: pictures, mirror: false"))")
    #expect(bare.status != 0)
    #expect(bare.talk.contains("there are 3 pictures, fewer than a step's 4"), "\(bare.talk)")
    let run = try lattice.spec("train", "\(input)\n\(training("depth", "data: pictures"))")
    #expect(run.status == 0, "\(run.talk)")
  }

  /// A picture of which a restart marker is lost is learned from and named, or ends training.
  @Test func damagedPicturesAreNamedOrFail() throws {
    let lattice = try Lattice()
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ImageCodecsTests/Files/restarts.jpg")
    var bytes = [UInt8](try Data(contentsOf: file))
    try FileManager.default.createDirectory(
      at: lattice.file("in"), withIntermediateDirectories: true)
    for name in ["a", "c", "d"] { try Data(bytes).write(to: lattice.file("in/\(name).jpg")) }
    let marker = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD1 })
    bytes.removeSubrange(marker..<(marker + 2))
    try Data(bytes).write(to: lattice.file("in/b.jpg"))
    let input = "input: { pictures: { dir: in } }"
    let run = try lattice.spec("kept", "\(input)\n\(training("color", "data: pictures"))")
    try #require(run.status == 0, "\(run.talk)")
    let name = "'\(lattice.file("in/b.jpg").path())'"
    let reason = "the JPEG data is damaged: Corrupt JPEG data: "
    let log = try lattice.jobFile("kept", "attempt-1/train.jsonl").replacing("\\/", with: "/")
    #expect(log.contains("\(name) is kept as far as it can be shown: \(reason)"), "\(log)")
    #expect(try lattice.jobFile("kept", "metrics/train.jsonl").contains("\"damaged_pictures\":1"))
    let failed = try lattice.spec(
      "failed", "\(input)\n\(training("color", "data: pictures, damage: fail"))")
    #expect(failed.status == 1)
    #expect(failed.talk.contains("a picture is damaged: \(name) (\(reason)"), "\(failed.talk)")
  }

  /// What is missing is said before anything is read.
  @Test func labelsOfPicturesAreAskedFor() throws {
    let lattice = try Lattice()
    try writeScenes(lattice, count: 2)
    let input = #"input: { pictures: { dir: scenes, glob: "??????.png" } }"#
    let run = try lattice.spec("train", "\(input)\n\(training("panoptic", "data: pictures"))")
    #expect(run.status != 0)
    #expect(
      run.talk.contains(
        "panoptic labels of pictures are read from files: give 'annotations'"), "\(run.talk)")
  }
}
