import ArgumentParser
import COpenBLAS
import CKernels
import Kernels
import TensorCore

/// Matrix products against OpenBLAS, and their share of what the machine can do.
struct GemmBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Matrix products of the models' sizes, against OpenBLAS and the machine's peak.",
    discussion: """
      The peak of multiply-adds and of reading memory is measured first, in this run. Few rows are multiplied by \
      matrices taken in turn from a pool that no cache holds, as weights are when tokens are decoded one by one.

      Example: lattice-bench gemm --threads 2
      """)

  @Option(help: "Threads on either side.") var threads = 2
  @Option(help: "Counted runs of each side.") var rounds = 7
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
        "peak with \(threads) threads: f32 \(Int(peak.f32)), bf16 \(Int(peak.bf16)) GF/s, memory \(Int(peak.read)) GB/s, \(String(cString: lattice_gemm_instruction_set()))"
      )
    }
    for size in Self.sizes { measure(size, team, peak) }
  }

  private func measure(_ size: Size, _ team: ThreadTeam, _ peak: MachinePeak) {
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
      let repeats = max(1, Int(2e9 / size.operations) / copies) * copies
      let contest = Contest.run(
        rounds: rounds,
        ours: {
          Stopwatch.seconds {
            for index in 0..<repeats {
              _ = Gemm.multiply(left, packed[index % copies], workers: team)
            }
          }
        },
        theirs: {
          Stopwatch.seconds {
            for index in 0..<repeats { Self.openBLAS(left, matrices[index % copies]) }
          }
        })
      let ceiling = precision == .f32 ? peak.f32 : peak.bf16
      report(size, precision, contest, Double(repeats), ceiling)
    }
  }

  private func report(
    _ size: Size, _ precision: Precision, _ contest: Contest, _ repeats: Double, _ ceiling: Double
  ) {
    let name = "gemm \(size.rows) x \(size.inner) x \(size.columns) \(precision)"
    Report.contest(
      name, peer: "OpenBLAS f32", contest, amount: size.operations * repeats / 1e9, unit: "GF/s",
      json: json)
    guard !json, ceiling > 0 else { return }
    let rate = size.operations * repeats / Spread(contest.ours).median / 1e9
    print("  share of peak  \(Int((rate / ceiling * 100).rounded())) %")
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
