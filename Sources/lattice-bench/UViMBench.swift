import ArgumentParser
import Autograd
import Kernels
import TensorCore
import UViM

/// Decoding of guiding codes against PyTorch, and its share of what memory gives.
struct UViMBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uvim",
    abstract: "Tokens a second of UViM's language models, against PyTorch and the memory's speed.",
    discussion: """
      Decoders of the published sizes, base (12 layers of 768) and large (24 of 1024), attend to 1024 tokens of a \
      picture and decode token by token with a KV cache. Bytes are those of all weights and of what is remembered, which \
      every step has to read. The peer needs Python with torch; without it, it is skipped, and the report says so.

      Example: lattice-bench uvim --sizes base,large --batches 1,8 --python python3
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted runs of each side.") var rounds = 5
  @Option(help: "Tokens to a run.") var tokens = 32
  @Option(help: "Of base and large, those to measure.") var sizes = "base,large"
  @Option(help: "Pictures at once.") var batches = "1,8"
  @Option(help: "The peer's precisions.") var modes = "bf16,f32"
  @Option(help: "Tokens of each picture to a step; more than 1 shows what guessing ahead costs.")
  var window = 1
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let team = ThreadTeam(threadCount: threads)
    let peak = MachinePeak(threads: threads)
    if !json { print("memory with \(threads) threads: \(Int(peak.read)) GB/s") }
    let hasPeer = (try? Shell.run([python, "-c", "import torch"])) != nil
    for size in sizes.split(separator: ",").map(String.init) {
      for precision in [Precision.bf16, .f32] where modes.contains(precision.rawValue) {
        let decoder = try Decoder(size, precision, team)
        for batch in batches.split(separator: ",").compactMap({ Int($0) }) {
          try measure(decoder, batch, peak, hasPeer)
        }
      }
    }
  }

  private struct Decoder {
    let name: String
    let weights: DecoderWeights
    let team: ThreadTeam

    init(_ name: String, _ precision: Precision, _ team: ThreadTeam) throws {
      let isLarge = name == "large"
      let configuration = try StageTwoConfiguration(
        layers: 0, decoderLayers: isLarge ? 24 : 12, heads: isLarge ? 16 : 12,
        mlpWidth: isLarge ? 4096 : 3072, width: isLarge ? 1024 : 768, patchSize: 16,
        inputSize: 512, codeLength: 256, vocabulary: 4097)
      self.name = name
      self.team = team
      weights = DecoderWeights(
        StageTwo(configuration, start: .unset), precision: precision, workers: team)
    }
  }

  private func measure(
    _ decoder: Decoder, _ batch: Int, _ peak: MachinePeak, _ hasPeer: Bool
  ) throws {
    let (weights, team) = (decoder.weights, decoder.team)
    let name = "uvim \(decoder.name), batch \(batch), \(weights.precision)"
    let timing = DecodingTimer(weights, batch: batch, window: window, workers: team)
    let amount = Double(batch * tokens)
    func ours() -> Double { timing.seconds(tokens: tokens) }
    var times: [Double]
    if hasPeer {
      let peer = try PeerProcess(
        [python, "\(peers)/uvim_decode_torch.py", "--threads", "\(threads)"])
      let line = "\(decoder.name) \(batch) \(tokens) \(weights.precision)"
      let contest = try Contest.run(rounds: rounds, ours: ours) { try peer.seconds(line) }
      Report.contest(
        name, peer: "PyTorch \(weights.precision)", contest, amount: amount, unit: "tokens/s",
        json: json)
      times = contest.ours
    } else {
      _ = ours()
      times = (0..<rounds).map { _ in ours() }
      Report.skipped(
        name, peer: "PyTorch", reason: "\(python) can't import torch",
        ours: "\(Spread(times.map { amount / $0 }).text(places: 2)) tokens/s", json: json)
    }
    guard !json else { return }
    let bytes = timing.bytes(tokens: tokens)
    let rate = bytes / Spread(times).median / 1e9
    print(
      "  reads \(Int(bytes / Double(tokens) / 1e6)) MB a step: \(Int(rate)) GB/s, \(Int((rate / peak.read * 100).rounded())) % of what memory gives"
    )
  }
}
