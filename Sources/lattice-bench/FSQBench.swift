import ArgumentParser
import FSQ
import JobReport
import Kernels
import TensorCore

/// Finite scalar quantization of many vectors: latents to bounded values, indices and codes.
struct FSQBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsq",
    abstract: "Vectors a second through finite scalar quantization: bound, round, look codes up.",
    discussion: """
      The peers are PyTorch's own operations and the FSQ module of vector-quantize-pytorch; what isn't installed is \
      left out. The speed of reading memory is measured first: a vector takes at least 24 bytes in and 28 out.

      Example: lattice-bench fsq --threads 2 --python python3
      """)

  @Option(help: "Threads.") var threads = 2
  @Option(help: "Counted runs.") var rounds = 9
  @Option(help: "Vectors.") var vectors = 1_000_000
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  /// Vectors that go through all steps while they are in the nearest cache.
  private static let chunk = 1024

  func run() throws {
    let quantizer = try FiniteScalarQuantizer(levels: [8, 8, 8, 5, 5, 5])
    let team = ThreadTeam(threadCount: threads)
    var generator = CounterRandom(seed: 1)
    let latents = Tensor([vectors, 6]) { elements in
      for index in elements.indices { elements[index] = generator.normal() }
    }
    var indices = Tensor.zeros([vectors], type: .i32)
    var codes = Tensor.zeros([vectors, 6])
    let peer = try TorchPeer(script: "fsq_peers.py", python, folder: peers, threads: threads)
    let tournament = try Tournament(
      rounds: rounds, peers: try peer?.names("") ?? [],
      ours: {
        Stopwatch.seconds { quantize(quantizer, latents, &indices, &codes, team) }
      }, theirs: { try peer?.seconds("\($0) \(vectors)") ?? .infinity })
    tournament.report(
      "fsq [8, 8, 8, 5, 5, 5], \(vectors) x 6, codes and indices", amount: Double(vectors) / 1e6,
      unit: "million vectors/s",
      classes: [
        ("of any kind", { _ in true }), ("module", { $0 == "vector-quantize-pytorch" }),
      ], json: json)
    reportMemory(tournament.ourSeconds)
    if peer == nil, !json { print(TorchPeer.absence(python)) }
  }

  /// Our traffic against what memory gives.
  private func reportMemory(_ seconds: Double) {
    let peak = MachinePeak(threads: threads).read
    let rate = Double(vectors * (6 * 4 + 6 * 4 + 4)) / seconds / 1e9
    Report.figure(
      "fsq, bytes moved, in percent of what memory gives when read, \(Int(peak)) GB/s",
      Spread([rate / peak * 100]), unit: "%", json: json)
  }

  private func quantize(
    _ quantizer: FiniteScalarQuantizer, _ latents: Tensor, _ indices: inout Tensor,
    _ codes: inout Tensor, _ team: ThreadTeam
  ) {
    let chunk = Self.chunk
    latents.withFloats { latents in
      indices.withMutableElements(Int32.self) { indices in
        codes.withMutableFloats { codes in
          let source = SendableConstant(latents.baseAddress)
          let (numbers, values) = (
            SendablePointer(indices.baseAddress), SendablePointer(codes.baseAddress)
          )
          team.forRanges((vectors + chunk - 1) / chunk) { range in
            for part in range {
              let (start, count) = (part * chunk, min(chunk, vectors - part * chunk))
              let input = UnsafeBufferPointer(
                start: source.pointer.map { $0 + start * 6 }, count: count * 6)
              let output = UnsafeMutableBufferPointer(
                start: values.pointer.map { $0 + start * 6 }, count: count * 6)
              let index = UnsafeMutableBufferPointer(
                start: numbers.pointer.map { $0 + start }, count: count)
              quantizer.encode(input, codes: output, indices: index)
            }
          }
        }
      }
    }
  }
}
