import ArgumentParser
import COpenBLAS
import CKernels
import Kernels
import TensorCore

/// Matrix products against OpenBLAS, and their share of what the machine can do.
struct GemmBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract:
      "Matrix products of the models' sizes, against OpenBLAS, PyTorch and the machine's peak.",
    discussion: """
      The peak of multiply-adds and of reading memory is measured first, in this run. Few rows are multiplied by \
      matrices taken in turn from a pool that no cache holds, as weights are when tokens are decoded one by one. PyTorch \
      needs Python with torch; without it, it is skipped, and the report says so.

      Example: lattice-bench gemm --threads 2 --python python3
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted runs of each side.") var rounds = 5
  @Option(help: "Of the left factors, those to measure by their rows, as in 1,32; all if empty.")
  var rows = ""
  @Option(help: "Python with torch.") var python = "python3"
  @Option(help: "Folder of the peers' scripts.") var peers = "pipelines/bench"
  @Flag(help: "Print JSON.") var json = false

  private struct Size {
    let rows, inner, columns: Int
    /// Few rows: the right factors come from memory.
    var isStreamed: Bool { rows <= 32 }
    var operations: Double { 2 * Double(rows) * Double(inner) * Double(columns) }
  }

  private static let sizes = [
    (512, 512, 512), (1024, 1024, 1024), (256, 768, 768), (256, 768, 3072), (256, 3072, 768),
    (2048, 768, 3072), (4096, 3072, 768), (1, 768, 3072), (1, 3072, 768), (4, 768, 3072),
    (8, 768, 3072), (8, 3072, 768), (32, 768, 3072),
  ].map { Size(rows: $0, inner: $1, columns: $2) }

  func run() throws {
    openblas_set_num_threads(Int32(threads))
    let team = ThreadTeam(threadCount: threads)
    let peak = MachinePeak(threads: threads)
    if !json {
      print(
        "peak with \(threads) threads: f32 \(Int(peak.f32)), bf16 \(Int(peak.bf16)) GF/s, memory \(Int(peak.read)) GB/s, \(String(cString: lattice_isa_name(lattice_isa())))"
      )
    }
    let hasTorch = (try? Shell.run([python, "-c", "import torch"])) != nil
    if !hasTorch, !json { print("PyTorch is skipped: \(python) can't import torch") }
    let torch =
      hasTorch
      ? try PeerProcess([python, "\(peers)/gemm_torch.py", "--threads", "\(threads)"]) : nil
    let wanted = rows.split(separator: ",").compactMap { Int($0) }
    for size in Self.sizes where wanted.isEmpty || wanted.contains(size.rows) {
      try measure(size, team, peak, torch)
    }
  }

  private func measure(
    _ size: Size, _ team: ThreadTeam, _ peak: MachinePeak, _ torch: PeerProcess?
  ) throws {
    let copies = size.isStreamed ? (256 << 20) / (size.inner * size.columns * 4) + 1 : 1
    let left = Tensor([size.rows, size.inner], repeating: 0.5)
    let right = Tensor([size.inner, size.columns], repeating: 0.25)
    let matrices = (0..<copies).map { _ in
      var copy = right
      copy.withMutableFloats { $0[0] = 0.25 }
      return copy
    }
    for precision in Precision.allCases {
      let packed = (0..<copies).map { _ in
        PackedMatrix(right, precision: precision, workers: team)
      }
      let wanted = size.isStreamed ? 5e9 : precision == .f32 ? 4e10 : 8e10
      let repeats = max(1, Int(wanted / size.operations) / copies) * copies
      let tournament = try Tournament(
        rounds: rounds, peers: ["OpenBLAS f32"] + (torch == nil ? [] : ["PyTorch \(precision)"]),
        ours: {
          Self.warm(repeats) { repeats in
            Stopwatch.seconds {
              for index in 0..<repeats {
                _ = Gemm.multiply(left, packed[index % copies], workers: team)
              }
            }
          }
        }
      ) { peer in
        guard let torch, peer.hasPrefix("PyTorch") else {
          return Self.warm(repeats) { repeats in
            Stopwatch.seconds {
              for index in 0..<repeats { Self.openBLAS(left, matrices[index % copies]) }
            }
          }
        }
        return try Self.warm(repeats) { repeats in
          try torch.seconds(
            "\(size.rows) \(size.inner) \(size.columns) \(copies) \(repeats) \(precision)")
        }
      }
      tournament.report(
        "gemm \(size.rows) x \(size.inner) x \(size.columns) \(precision)",
        amount: size.operations * Double(repeats) / 1e9, unit: "GF/s",
        classes: [
          ("library in f32", { $0.hasPrefix("OpenBLAS") }),
          ("of PyTorch", { $0.hasPrefix("PyTorch") }),
        ], json: json)
      tellShare(size, precision, tournament.ourSeconds / Double(repeats), peak)
    }
  }

  /// A tenth of the work first: threads that slept start on one processor, and take milliseconds to spread.
  private static func warm(_ repeats: Int, _ work: (Int) throws -> Double) rethrows -> Double {
    _ = try work(max(1, repeats / 10))
    return try work(repeats)
  }

  /// Of the peak, and for few rows of what memory gives: the weights are most of what is read.
  private func tellShare(
    _ size: Size, _ precision: Precision, _ seconds: Double, _ peak: MachinePeak
  ) {
    let ceiling = precision == .f32 ? peak.f32 : peak.bf16
    guard !json, ceiling > 0 else { return }
    let rate = size.operations / seconds / 1e9
    var text = "  share of peak  \(Int((rate / ceiling * 100).rounded())) %"
    if size.isStreamed {
      let bytes = size.inner * size.columns * (precision == .f32 ? 4 : 2)
      let share = Double(bytes) / seconds / 1e9 / peak.read
      text += ", of memory's speed  \(Int((share * 100).rounded())) %"
    }
    print(text)
  }

  private static func openBLAS(_ left: Tensor, _ right: Tensor) {
    let (m, k, n) = (left.shape[0], left.shape[1], right.shape[1])
    _ = Tensor([m, n]) { result in
      left.withFloats { a in
        right.withFloats { b in
          cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1,
            a.baseAddress, Int32(k), b.baseAddress, Int32(n), 0, result.baseAddress, Int32(n))
        }
      }
    }
  }
}
