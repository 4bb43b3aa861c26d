import CKernels
import Foundation
import Kernels
import TensorCore
import Testing

/// `LATTICE_ISA`: each instruction set against doubles, and the same bits for a row however many are beside it.
@Suite struct InstructionSetTests {
  static let names = ["plain", "avx2", "avx512", "avx512_bf16"]

  /// Small whole numbers: every sum of products is exact in f32 and in bf16 factors, in any order.
  private static func whole(_ shape: Shape, seed: Int) -> Tensor {
    Tensor(shape) { elements in
      for index in elements.indices { elements[index] = Float((index * 7 + seed * 5) % 13 - 6) }
    }
  }

  private static func fractions(_ shape: Shape, seed: Int) -> Tensor {
    Tensor(shape) { elements in
      for index in elements.indices {
        elements[index] = Float((index * 7919 + seed) % 1009) / 1009 - 0.5
      }
    }
  }

  @Test(arguments: names)
  func limitsWhatKernelsUse(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      setenv("LATTICE_ISA", name, 1)
      let limit = Self.names.firstIndex(of: name) ?? 0
      precondition(Int(lattice_isa()) <= limit, "uses more than \(name)")
      precondition(lattice_isa_is_limited())
    }
  }

  @Test func anUnknownNameLimitsNothing() async {
    await #expect(processExitsWith: .success) {
      setenv("LATTICE_ISA", "sse9", 1)
      precondition(!lattice_isa_is_limited())
    }
  }

  @Test(arguments: names, [false, true])
  func productsEqualDoubles(name: String, isBF16: Bool) async {
    await #expect(processExitsWith: .success) { [name, isBF16] in
      setenv("LATTICE_ISA", name, 1)
      let team = ThreadTeam(threadCount: 2)
      for (m, k, n) in [(1, 5, 33), (3, 64, 130), (13, 641, 65), (64, 40, 31), (25, 1100, 70)] {
        let (a, b) = (Self.whole([m, k], seed: 1), Self.whole([k, n], seed: 2))
        let packed = PackedMatrix(b, precision: isBF16 ? .bf16 : .f32, workers: team)
        let found = Gemm.multiply(a, packed, workers: team).floats
        let (left, right) = (a.floats.map(Double.init), b.floats.map(Double.init))
        for row in 0..<m {
          for column in 0..<n {
            var sum = 0.0
            for i in 0..<k { sum += left[row * k + i] * right[i * n + column] }
            precondition(Double(found[row * n + column]) == sum, "\(m) x \(k) x \(n)")
          }
        }
      }
    }
  }

  @Test(arguments: names, [false, true])
  func aRowHasTheSameBitsBesideAnyNumberOfOthers(name: String, isBF16: Bool) async {
    await #expect(processExitsWith: .success) { [name, isBF16] in
      setenv("LATTICE_ISA", name, 1)
      let team = ThreadTeam(threadCount: 2)
      let (k, n) = (330, 70)
      let rows = Self.fractions([64, k], seed: 3).floats
      let packed = PackedMatrix(
        Self.fractions([k, n], seed: 4), precision: isBF16 ? .bf16 : .f32, workers: team)
      func firstRow(of count: Int) -> [UInt32] {
        let left = Tensor([count, k], Array(rows.prefix(count * k)))
        return Gemm.multiply(left, packed, workers: team).floats.prefix(n).map(\.bitPattern)
      }
      let alone = firstRow(of: 1)
      for count in 2...64 {
        precondition(firstRow(of: count) == alone, "beside \(count - 1) others")
      }
    }
  }
}
