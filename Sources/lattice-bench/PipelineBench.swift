import ArgumentParser
import Foundation
import JobReport

/// Whole pipeline against a Pillow script: read, resize to 256, quantize, write, same number of processes.
struct PipelineBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Images a second of a whole pipeline, against a Pillow script.",
    discussion: """
      Copies the sample photos until there are enough, then runs `lattice run` and the Pillow script in turn.
      The peer needs Python with numpy and Pillow; without them it is skipped, and the report says so.

      Example: lattice-bench pipeline --images 192 --processes 2
      """)

  @Option(help: "Images to a run.") var images = 192
  @Option(help: "Processes on either side.") var processes = 2
  @Option(help: "Counted runs of each side.") var rounds = 5
  @Option(help: "Folder of sample photos.") var samples = "pipelines/samples"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Option(help: "Python with numpy and Pillow.") var python = "python3"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    try scratch.fill("images", count: images, from: samples)
    let spec = try scratch.write("bench.yaml", text: specText)
    let lattice = Shell.siblings.appending(path: "lattice").path()
    func ours() throws -> Double {
      try scratch.empty("ours")
      return try Shell.run(
        [
          lattice, "run", spec, "--slots", "\(processes)", "--work", scratch.path("ours/work"),
          "--out", scratch.path("ours/out"), "--quiet",
        ]
      ).seconds
    }
    func theirs() throws -> Double {
      try scratch.empty("theirs")
      return try Shell.run([
        python, "\(peers)/pillow_pipeline.py", scratch.path("images"), scratch.path("theirs"),
        "--processes", "\(processes)",
      ]).seconds
    }
    guard (try? Shell.run([python, "-c", "import PIL, numpy"])) != nil else {
      _ = try ours()
      let spread = Spread(try (0..<rounds).map { _ in try ours() })
      Report.skipped(
        "pipeline", peer: "Pillow", reason: "\(python) can't import PIL and numpy",
        ours: "\(Spread([Double(images) / spread.median]).text(places: 1)) images/s", json: json)
      return
    }
    let contest = try Contest.run(rounds: rounds, ours: ours, theirs: theirs)
    Report.contest(
      "pipeline, \(images) images, \(processes) processes", peer: "Pillow", contest,
      amount: Double(images), unit: "images/s", json: json)
  }

  private var specText: String {
    """
    version: 1
    name: bench
    input:
      photos: { dir: images }
    stages:
      - { id: read, use: image.read@1, in: { file: photos }, params: { size: 256, fit: crop } }
      - { id: tok, use: fsq.quantize@1, in: { image: read.image }, params: { levels: [8, 8, 5] } }
      - { id: back, use: fsq.dequantize@1, in: { tokens: tok.tokens }, params: { levels: [8, 8, 5] } }
      - { id: tokens, use: tensor.write@1, in: { tensor: tok.tokens }, params: { name: "{item.stem}.npy" } }
      - { id: save, use: image.write@1, in: { image: back.image }, params: { name: "{item.stem}.png" } }
    shards: { items: \((images + processes - 1) / processes) }
    """
  }
}
