import ArgumentParser
import Convolutions
import TensorCore

/// Convolutions of the models' sizes: every pass, each way of computing it, and its share of the machine's peak.
struct ConvolutionBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conv",
    abstract: "3x3 convolutions: Winograd's method, direct f32 and bf16, forward and backward.",
    discussion: """
      Rates count the operations of a direct convolution, so that Winograd's method may pass the f32 peak. The peers are \
      PyTorch, channels last, in f32 and bf16; without torch they are skipped.

      Example: lattice-bench conv --threads 2 --python python3
      """)

  @Option(help: "Threads.") var threads = 2
  @Option(help: "Counted runs.") var rounds = 7
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  private static let sizes = [
    (128, 64, 1), (128, 256, 1), (256, 32, 16), (512, 16, 16), (64, 64, 16),
  ]

  func run() throws {
    ConvolutionThreads.setBudget(threads)
    let peak = MachinePeak(threads: threads)
    if !json {
      print("peak with \(threads) threads: f32 \(Int(peak.f32)), bf16 \(Int(peak.bf16)) GF/s")
    }
    let peer = try TorchPeer(script: "conv_peers.py", python, folder: peers, threads: threads)
    if peer == nil, !json { print(TorchPeer.absence(python)) }
    for (channels, side, count) in Self.sizes {
      let shape = try ConvolutionShape.same(
        count: count, inChannels: channels, outChannels: channels, height: side, width: side,
        kernel: (3, 3))
      for (name, precision, method) in [
        ("winograd f32", ConvolutionPrecision.f32, ConvolutionMethod.winograd),
        ("direct f32", .f32, .direct), ("direct bf16", .bf16, .direct),
      ] {
        // A machine without the method has nothing to measure.
        guard
          let plan = try? ConvolutionPlan(
            shape, precision: precision, method: method, threads: threads)
        else { continue }
        try measure(
          "conv \(channels)x\(side)x\(side) batch \(count), \(name)", plan, peer,
          "\(channels) \(side) \(count)")
      }
    }
  }

  private func measure(
    _ name: String, _ plan: ConvolutionPlan, _ peer: TorchPeer?, _ sizes: String
  ) throws {
    let source = Tensor([plan.source.elementCount], repeating: 0.5)
    let weights = Tensor([plan.shape.weightCount], repeating: 0.25)
    var output = Tensor([plan.destination.elementCount], repeating: 1)
    var toSource = source
    var toWeights = weights
    let operations = Double(plan.shape.operations) / 1e9
    for pass in ConvolutionPass.allCases {
      let tournament = try Tournament(
        rounds: rounds, peers: try peer?.names("") ?? [],
        ours: {
          let start = ContinuousClock.now
          try once(pass, plan, source, weights, &output, &toSource, &toWeights)
          return (ContinuousClock.now - start) / .seconds(1)
        },
        theirs: { try peer?.seconds("\($0) \(pass) \(sizes)") ?? .infinity })
      tournament.report(
        "\(name), \(pass)", amount: operations, unit: "GF/s",
        classes: [("f32", { $0.hasSuffix("f32") }), ("of any precision", { _ in true })],
        json: json)
    }
  }

  private func once(
    _ pass: ConvolutionPass, _ plan: ConvolutionPlan, _ source: Tensor, _ weights: Tensor,
    _ output: inout Tensor, _ toSource: inout Tensor, _ toWeights: inout Tensor
  ) throws {
    try source.withFloats { source in
      try weights.withFloats { weights in
        try output.withMutableFloats { output in
          guard let x = source.baseAddress, let w = weights.baseAddress,
            let y = output.baseAddress
          else { return }
          switch pass {
          case .forward: try plan.forward(x, weights: w, into: y)
          case .backwardData:
            try toSource.withMutableFloats { gradient in
              guard let to = gradient.baseAddress else { return }
              try plan.backwardData(y, weights: w, into: to)
            }
          case .backwardWeights:
            try toWeights.withMutableFloats { gradient in
              guard let to = gradient.baseAddress else { return }
              try plan.backwardWeights(x, y, into: to)
            }
          }
        }
      }
    }
  }
}
