import ArgumentParser
import Autograd
import Convolutions
import Kernels
import TensorCore
import Training

/// A step of training, forward, backward and Adam, of a small convolutional autoencoder.
struct TrainStepBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-step",
    abstract: "Pictures a second through training of a small FSQ autoencoder, against PyTorch.",
    discussion: """
      Pictures of 64 x 64 through 64 channels times 1, 2, 2, one residual block to a level, levels 8 8 8 5 5 5, mean \
      squared error, Adam. The peers are PyTorch in channels-last order: f32, bf16 by autocast, and both compiled.

      Example: lattice-bench train-step --batch 32 --python python3
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted steps of each side.") var rounds = 4
  @Option(help: "Pictures to a step.") var batch = 32
  @Option(help: "Precision of our products, f32 or bf16.") var precision = "f32"
  @Option(help: "Peers to measure, as the script names them; all if empty.") var only = ""
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    guard let precision = Precision(rawValue: precision) else {
      throw ValidationError("--precision is f32 or bf16, not '\(precision)'")
    }
    let net = try SmallAutoencoder()
    let adam = AdamW(AdamW.Settings())
    let team = OpenMPTeam(threadCount: threads)
    var generator = CounterRandom(seed: 1)
    let images = Tensor([batch, 64, 64, 3]) { values in
      for index in values.indices { values[index] = generator.uniform() }
    }
    func ours() throws -> Double {
      let start = ContinuousClock.now
      let tape = Tape()
      let pass = Pass(workers: team, precision: precision, tape: tape)
      let loss = try net.loss(Variable(images), pass)
      try adam.step(tape.gradients(of: loss, pass), rate: 1e-4, workers: team)
      return (ContinuousClock.now - start) / .seconds(1)
    }
    let peer = try TorchPeer(
      script: "train_step_peers.py", python, folder: peers, threads: threads)
    let tournament = try Tournament(rounds: rounds, peers: try peer?.names(only) ?? [], ours: ours)
    {
      try peer?.seconds("\($0) \(batch)") ?? .infinity
    }
    tournament.report(
      "step of a small FSQ autoencoder, batch \(batch), ours in \(precision)",
      amount: Double(batch), unit: "images/s",
      classes: [
        ("f32", { $0.hasSuffix("f32") }), ("of any precision", { _ in true }),
      ], json: json)
    if peer == nil, !json { print(TorchPeer.absence(python)) }
  }
}
