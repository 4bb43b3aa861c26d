import CKernels
import Synchronization
import TensorCore

/// The measured ceilings of this machine with so many threads.
struct MachinePeak {
  /// Floating-point operations a second, in thousands of millions, of f32.
  let f32: Double
  /// Of bf16 with f32 sums; 0 where the processor has none.
  let bf16: Double
  /// Bytes a second read from memory, in thousands of millions.
  let read: Double

  /// Measures, the best of twenty short runs each.
  init(threads: Int) {
    let team = ThreadTeam(threadCount: threads)
    f32 = Self.rate(team) { lattice_peak_f32(2_000_000, &$0) }
    bf16 = Self.rate(team) { lattice_peak_bf16(2_000_000, &$0) }
    let count = 64 << 20
    let memory = Tensor([count], repeating: 1)
    read = memory.withFloats { floats in
      let address = SendableAddress(floats.baseAddress)
      let part = count / threads
      return Self.best {
        let seconds = Stopwatch.seconds {
          team.run(chunks: threads) { chunk in
            blackHole(lattice_peak_read(address.pointer.map { $0 + chunk * part }, Int64(part)))
          }
        }
        return Double(part * threads * 4) / seconds / 1e9
      }
    }
  }

  private static func rate(
    _ team: ThreadTeam, _ body: @escaping @Sendable (inout Float) -> Int64
  ) -> Double {
    best {
      let total = Atomic<Int64>(0)
      let seconds = Stopwatch.seconds {
        team.run(chunks: team.threadCount) { _ in
          var sink: Float = 1e-3
          total.wrappingAdd(body(&sink), ordering: .relaxed)
          blackHole(Double(sink))
        }
      }
      return Double(total.load(ordering: .relaxed)) / seconds / 1e9
    }
  }

  private static func best(_ measure: () -> Double) -> Double {
    (0..<20).map { _ in measure() }.max() ?? 0
  }
}

/// An address that several threads read from.
// Nobody writes there while the measurement runs.
struct SendableAddress: @unchecked Sendable {
  let pointer: UnsafePointer<Float>?

  init(_ pointer: UnsafePointer<Float>?) { self.pointer = pointer }
}

/// Seconds that something takes.
enum Stopwatch {
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}

/// Keeps the optimizer from leaving a computation out.
@inline(never)
func blackHole(_ value: Double) { _ = value }
