import ArgumentParser
import Autograd
import Kernels
import MaskGIT
import TensorCore

/// The masked token transformer of the published size against PyTorch, ONNX Runtime and OpenVINO.
struct MaskGITBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maskgit",
    abstract:
      "MaskGIT's transformer, a pass and whole images, against PyTorch, ONNX Runtime and OpenVINO.",
    discussion: """
      24 layers of 768, 16 heads, 257 places, 2025 words, random weights. An image is 256 tokens, decoded in --steps \
      passes. Rates count a pass's multiplications, all of them, also where fewer are done. Peers need Python with the \
      package of their name, onnxruntime and openvino also torch and onnx; without them they are skipped, and the report \
      says so.

      Example: lattice-bench maskgit --batches 1,8 --modes bf16,f32 --python python3
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted runs of each side.") var rounds = 5
  @Option(help: "Images at once.") var batches = "1,8"
  @Option(help: "Precisions.") var modes = "bf16,f32"
  @Option(help: "Steps of decoding.") var steps = 8
  @Option(help: "Peers, of torch, compile, onnxruntime, openvino.")
  var engines = "torch,onnxruntime,openvino"
  @Option(help: "Of pass and image, what is measured.") var parts = "pass,image"
  @Option(help: "Layers; the published model has 24, the peers always do.") var layers = 24
  @Option(help: "Python with the peers.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let team = ThreadTeam(threadCount: threads)
    let configuration = try MaskGITConfiguration(
      codebookSize: 1024, classCount: 1000, tokens: 256, hidden: 768, heads: 16, layers: layers,
      mlp: 3072)
    let transformer = MaskGITTransformer(configuration, seed: 1)
    let there = Set(list(engines).filter { isThere($0) })
    if !json {
      let peak = MachinePeak(threads: threads)
      print("peak with \(threads) threads: f32 \(Int(peak.f32)), bf16 \(Int(peak.bf16)) GF/s")
    }
    for mode in list(modes) {
      guard let precision = Precision(rawValue: mode) else { continue }
      for batch in list(batches).compactMap({ Int($0) }) {
        let pass = Pass(workers: team, precision: precision)
        if list(parts).contains("pass") { try measurePass(transformer, pass, batch, there) }
        if list(parts).contains("image") { try measureImage(transformer, pass, batch, there) }
      }
    }
    if !json { print("peak memory \(ProcessMemory.peakMegabytes) MB") }
  }

  private func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

  private func isThere(_ engine: String) -> Bool {
    let modules = ["torch": "torch", "compile": "torch"][engine] ?? "torch, onnx, \(engine)"
    return (try? Shell.run([python, "-c", "import \(modules)"])) != nil
  }

  private func measurePass(
    _ transformer: MaskGITTransformer, _ pass: Pass, _ batch: Int, _ there: Set<String>
  ) throws {
    let sequences = TokenSequences(
      labels: (0..<batch).map { $0 },
      tokens: (0..<batch).map { item in (0..<256).map { Int32(($0 * 37 + item) % 1024) } })
    let rows = (0..<batch).flatMap { item in (1..<257).map { item * 257 + $0 } }
    try contests(
      "maskgit pass, batch \(batch), \(pass.precision)", "0", pass, batch, there,
      amount: operations(batch) / 1e9, unit: "GF/s"
    ) {
      Stopwatch.seconds { _ = transformer.logits(sequences, rows: rows, pass) }
    }
  }

  private func measureImage(
    _ transformer: MaskGITTransformer, _ pass: Pass, _ batch: Int, _ there: Set<String>
  ) throws {
    let sampler = Sampler(rows: 16, columns: 16, steps: steps)
    try contests(
      "maskgit images in \(steps) steps, batch \(batch), \(pass.precision)", "\(steps)", pass,
      batch, there, amount: Double(batch), unit: "images/s"
    ) {
      // A predictor of its own each time: what it remembers of classes would spare the first step.
      let predictor = TransformerPredictor(transformer, pass)
      return try Stopwatch.seconds {
        _ = try sampler.fill(
          (0..<batch).map { Canvas(places: 256, label: $0) },
          noise: (0..<batch).map { CounterNoise(seed: UInt64($0)) }, predictor: predictor,
          workers: pass.workers)
      }
    }
  }

  private func contests(
    _ name: String, _ steps: String, _ pass: Pass, _ batch: Int, _ there: Set<String>,
    amount: Double, unit: String, _ ours: () throws -> Double
  ) throws {
    let mode = pass.precision.rawValue
    for engine in list(engines) where engine != "onnxruntime" || mode == "f32" {
      guard there.contains(engine) else {
        _ = try ours()
        let times = try (0..<rounds).map { _ in amount / (try ours()) }
        Report.skipped(
          name, peer: engine, reason: "\(python) can't import it or what it needs",
          ours: "\(Spread(times).text(places: 2)) \(unit)", json: json)
        continue
      }
      let peer = try PeerProcess([
        python, "\(peers)/maskgit_peers.py", "--threads", "\(threads)",
      ])
      let contest = try Contest.run(rounds: rounds, ours: ours) {
        try peer.seconds("\(engine) \(mode) \(batch) \(steps)")
      }
      Report.contest(
        name, peer: "\(engine) \(mode)", contest, amount: amount, unit: unit, json: json)
    }
  }

  /// Multiplications and additions of a pass over all places.
  private func operations(_ batch: Int) -> Double {
    let (places, width, wide, codes) = (257.0, 768.0, 3072.0, 1024.0)
    let layer =
      2 * places * (4 * width * width + 2 * width * wide) + 4 * places * places * width
    return Double(batch) * (Double(layers) * layer + 2 * places * (width * width + width * codes))
  }
}
