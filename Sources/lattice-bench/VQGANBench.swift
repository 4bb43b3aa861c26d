import ArgumentParser
import Autograd
import Convolutions
import Kernels
import TensorCore
import Tokenizers

/// The paper's tokenizer at 256 pixels against what people would run it with.
struct VQGANBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vqgan",
    abstract: "Pictures a second through encoder and decoder of MaskGIT's tokenizer.",
    discussion: """
      Random weights of the published shape: 128 channels times 1, 1, 2, 2, 4. Ours computes in f32. The peers are \
      PyTorch (channels last, eager in f32 and bf16, compiled in bf16), ONNX Runtime in f32, and OpenVINO in f32 and \
      bf16; those that Python can't import are left out, and without torch there are none. All take turns.

      Example: lattice-bench vqgan --batches 1,8 --python python3
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted runs of each side.") var rounds = 5
  @Option(help: "Pictures at once.") var batches = "1,8"
  @Option(help: "Pixels across and down.") var size = 256
  @Option(help: "Of encoder and decoder, those to measure.") var parts = "encoder,decoder"
  @Option(help: "Peers to measure, as the script names them; all if empty.") var only = ""
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let tokenizer = try Tokenizer(
      TokenizerConfiguration(
        filters: 128, residualBlocks: 2, multipliers: [1, 1, 2, 2, 4],
        bottleneck: .none(width: 256), imageSize: 256), start: .random(seed: 1))
    let pass = Pass(workers: OpenMPTeam(threadCount: threads))
    let peer = try TorchPeer(script: "vqgan_peers.py", python, folder: peers, threads: threads)
    let names = try peer?.names(only) ?? []
    for batch in batches.split(separator: ",").compactMap({ Int($0) }) {
      for part in parts.split(separator: ",").map(String.init) {
        let side = part == "encoder" ? size : size / 16
        let input = Variable(
          Tensor([batch, side, side, part == "encoder" ? 3 : 256], repeating: 0.5))
        func ours() throws -> Double {
          let start = ContinuousClock.now
          let output =
            part == "encoder"
            ? try tokenizer.latents(input, pass) : try tokenizer.pictures(input, pass)
          blackHole(Double(output.shape.count))
          return (ContinuousClock.now - start) / .seconds(1)
        }
        let tournament = try Tournament(rounds: rounds, peers: names, ours: ours) {
          try peer?.seconds("\($0) \(part) \(batch) \(size)") ?? .infinity
        }
        tournament.report(
          "vqgan \(part), \(size) pixels, batch \(batch)", amount: Double(batch), unit: "images/s",
          classes: [("f32", { $0.hasSuffix("f32") }), ("of any precision", { _ in true })],
          json: json)
      }
    }
    if names.isEmpty, !json { print(TorchPeer.absence(python)) }
  }
}
