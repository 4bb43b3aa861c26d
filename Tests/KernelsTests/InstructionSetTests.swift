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

  /// What kernels that are compiled for each set give of some rows: by name of kernel, row after row.
  private static func results(rows: Int, columns: Int) -> [(name: String, values: [Float])] {
    let x = fractions([rows, columns], seed: 5).floats.map { 8 * $0 }
    let gain = fractions([columns], seed: 6).floats
    let offset = fractions([columns], seed: 7).floats
    let (count, height, width) = (Int64(x.count), Int64(rows), Int64(columns))
    func made(_ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
      [Float](unsafeUninitializedCapacity: x.count) { buffer, written in
        buffer.initialize(repeating: .nan)
        if let start = buffer.baseAddress { body(start) }
        written = x.count
      }
    }
    var (means, rates) = ([Float](repeating: 0, count: rows), [Float](repeating: 0, count: rows))
    return [
      ("softmax", made { lattice_softmax_f32(x, nil, 0.5, $0, height, width) }),
      ("gelu", made { lattice_activate_f32(LATTICE_GELU_TANH, x, $0, count) }),
      ("swish", made { lattice_activate_f32(LATTICE_SWISH, x, $0, count) }),
      ("tanh", made { lattice_activate_f32(LATTICE_TANH, x, $0, count) }),
      (
        "layer norm",
        made {
          lattice_layer_norm_f32(x, gain, offset, 0.25, $0, &means, &rates, height, width)
        }
      ),
      ("product", made { lattice_multiply_f32(x, x, $0, count) }),
    ]
  }

  /// The same in doubles, of one row.
  private static func reference(_ name: String, _ x: [Double], _ gain: [Double], _ offset: [Double])
    -> [Double]
  {
    switch name {
    case "softmax":
      let powers = x.map { exp(0.5 * $0) }
      return powers.map { $0 / powers.reduce(0, +) }
    case "gelu":
      return x.map {
        $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      }
    case "swish": return x.map { $0 / (1 + exp(-$0)) }
    case "tanh": return x.map { tanh($0) }
    case "layer norm":
      let mean = x.reduce(0, +) / Double(x.count)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
      return x.indices.map {
        (x[$0] - mean) / (variance + 0.25).squareRoot() * gain[$0] + offset[$0]
      }
    default: return x.map { $0 * $0 }
    }
  }

  @Test(arguments: names)
  func rowsEqualDoubles(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      setenv("LATTICE_ISA", name, 1)
      for columns in [1, 7, 16, 130] {
        let x = Self.fractions([3, columns], seed: 5).floats.map { 8 * Double($0) }
        let gain = Self.fractions([columns], seed: 6).floats.map(Double.init)
        let offset = Self.fractions([columns], seed: 7).floats.map(Double.init)
        for (kernel, values) in Self.results(rows: 3, columns: columns) {
          for row in 0..<3 {
            let part = Array(x[(row * columns)..<((row + 1) * columns)])
            let expected = Self.reference(kernel, part, gain, offset)
            for (found, wanted) in zip(values.dropFirst(row * columns), expected) {
              precondition(
                abs(Double(found) - wanted) <= 4e-6 * max(1, abs(wanted)),
                "\(kernel) of \(columns): \(found), not \(wanted)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: names)
  func aRowOfAnyKernelHasTheSameBitsBesideAnyNumberOfOthers(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      setenv("LATTICE_ISA", name, 1)
      let columns = 70
      func firstRows(of count: Int) -> [[UInt32]] {
        Self.results(rows: count, columns: columns).map {
          $0.values.prefix(columns).map(\.bitPattern)
        }
      }
      let alone = firstRows(of: 1)
      for count in 2...64 {
        precondition(firstRows(of: count) == alone, "beside \(count - 1) others")
      }
    }
  }

  /// Kernels of one source give the same bits whatever they are compiled for.
  @Test func kernelsGiveTheSameBitsUnderEachSet() async throws {
    var seen: Set<String> = []
    for name in Self.names {
      let result = try await #require(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) { [name = name as String] in
        setenv("LATTICE_ISA", name, 1)
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        for (_, values) in Self.results(rows: 5, columns: 77) {
          for value in values { digest = (digest ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
        }
        print("digest \(digest)")
      }
      let lines = String(decoding: result.standardOutputContent, as: UTF8.self).split(
        separator: "\n")
      seen.insert(String(try #require(lines.last { $0.hasPrefix("digest ") })))
    }
    #expect(seen.count == 1, "\(seen)")
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
