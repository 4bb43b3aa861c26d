import ArgumentParser
import Autograd
import Kernels
import TensorCore
import UViM

/// UViM's base model of the published size against a vision transformer of PyTorch.
struct UViMBaseBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uvim-base",
    abstract: "Pictures a second through UViM's base model, to the code and back, against PyTorch.",
    discussion: """
      Depth of 512 x 512 pixels in 256 bins and the picture, as 1024 patches, through 6 blocks of 768 to 256 codes of 4096, \
      and through 12 blocks back to logits: 232 million random weights, one picture at a time. The peer needs Python with \
      torch; without it, it is skipped, and the report says so.

      Example: lattice-bench uvim-base --modes bf16 --python python3
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted runs of each side.") var rounds = 3
  @Option(help: "Precisions of ours and of the peer.") var modes = "bf16,f32"
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let team = ThreadTeam(threadCount: threads)
    let peer = try TorchPeer(script: "uvim_base_torch.py", python, folder: peers, threads: threads)
    let model = UViMModel(
      UViMConfiguration(
        task: .depth,
        stageOne: try StageOneConfiguration(
          inputs: ["depth": [256, 256]], inputSize: 512, patchSize: 16, codeLength: 256,
          width: 768, encoderDepth: 6, decoderDepth: 12, mlpWidth: 3072, heads: 12,
          dictionarySize: 4096, codewordWidth: 768),
        stageTwo: nil),
      start: .random(seed: 1))
    guard let network = model.stageOne, let quantizer = try model.quantizer() else { return }
    let labels = Tensor([1, 1024, 256, 256]) { values in
      values.update(repeating: 0)
      for token in 0..<1024 {
        for pixel in 0..<256 { values[(token * 256 + 17) * 256 + pixel] = 1 }
      }
    }
    let image = Tensor([1, 512, 512, 3], [Float](repeating: 0.25, count: 512 * 512 * 3))
    for precision in [Precision.bf16, .f32]
    where modes.split(separator: ",").contains(Substring(precision.rawValue)) {
      let pass = Pass(workers: team, precision: precision)
      let tournament = try Tournament(
        rounds: rounds,
        peers: try peer?.names("").filter { $0.hasSuffix(precision.rawValue) } ?? []
      ) {
        try Stopwatch.seconds {
          let latents = try network.latents(labels: ["depth": labels], image: image, pass)
          let codes = quantizer.codes(of: quantizer.prepare(latents, pass).value, pass)
          let vectors = Variable(quantizer.vectors(of: codes))
          _ = try network.decode(vectors, image: image, pass)
        }
      } theirs: {
        try peer?.seconds($0) ?? .infinity
      }
      tournament.report(
        "uvim base model, a picture of 512 x 512, \(precision)", amount: 1, unit: "pictures/s",
        classes: [("of PyTorch", { _ in true })], json: json)
    }
    if peer == nil, !json { print(TorchPeer.absence(python)) }
  }
}
