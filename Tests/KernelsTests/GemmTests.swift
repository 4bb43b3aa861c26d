import CKernels
import Kernels
import TensorCore
import Testing

/// Products against the plain kernel, on odd sizes, both ways round, for any number of threads.
@Suite struct GemmTests {
  private static func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var state = seed &* 2_654_435_761 &+ 1
    return Tensor(shape) { elements in
      for index in elements.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        elements[index] = Float(state >> 40) / Float(1 << 24) - 0.5
      }
    }
  }

  /// In double; factors rounded to bf16 first if so asked.
  private func product(
    _ left: Tensor, _ right: Tensor, _ m: Int, _ k: Int, _ n: Int, isRounded: Bool
  ) -> [Double] {
    func round(_ value: Float) -> Double {
      guard isRounded else { return Double(value) }
      let bits = value.bitPattern
      return Double(Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000))
    }
    let (a, b) = (left.floats.map(round), right.floats.map(round))
    var result = [Double](repeating: 0, count: m * n)
    for row in 0..<m {
      for i in 0..<k {
        for column in 0..<n { result[row * n + column] += a[row * k + i] * b[i * n + column] }
      }
    }
    return result
  }

  private func transposed(_ tensor: Tensor) -> Tensor {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    let values = tensor.floats
    return Tensor(
      [columns, rows], (0..<(rows * columns)).map { values[$0 % rows * columns + $0 / rows] })
  }

  static let sizes = [
    [1, 1, 1], [1, 5, 33], [2, 64, 130], [3, 33, 128], [5, 31, 257], [7, 330, 40], [11, 12, 13],
    [12, 32, 32], [13, 641, 65], [25, 40, 31], [200, 70, 90], [3, 1025, 33], [26, 3100, 34],
  ]

  @Test(arguments: sizes, Precision.allCases)
  func equalsDoubles(size: [Int], precision: Precision) {
    let (m, k, n) = (size[0], size[1], size[2])
    let left = Self.values([m, k], seed: 1)
    let right = Self.values([k, n], seed: 2)
    let expected = product(left, right, m, k, n, isRounded: precision == .bf16)
    // Rounding of k sums of products below 1/4.
    let tolerance = 3e-7 * Double(k).squareRoot() + 1e-7
    for threads in [1, 3] {
      let team = ThreadTeam(threadCount: threads)
      let packed = PackedMatrix(right, precision: precision, workers: team)
      let plain = Gemm.multiply(left, packed, workers: team)
      #expect(plain.shape == [m, n])
      let worst = zip(plain.floats, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst <= tolerance, "off by \(worst)")
      let turned = PackedMatrix(
        transposed(right), isTransposed: true, precision: precision, workers: team)
      let other = Gemm.multiply(transposed(left), isTransposed: true, turned, workers: team)
      #expect(other.floats == plain.floats)
    }
  }

  /// Bias, function and residual on the way, as afterwards one by one; longer sums than a block as well.
  @Test(arguments: [[1, 5, 33], [13, 40, 65], [200, 1100, 70], [3, 0, 5]], Precision.allCases)
  func finishesSums(size: [Int], precision: Precision) {
    let (m, k, n) = (size[0], size[1], size[2])
    let team = ThreadTeam(threadCount: 3)
    let left = Self.values([m, k], seed: 7)
    let packed = PackedMatrix(Self.values([k, n], seed: 8), precision: precision, workers: team)
    let (bias, residual) = (Self.values([n], seed: 9), Self.values([m, n], seed: 10))
    let sums = Gemm.multiply(left, packed, workers: team).floats
    for activation in [nil, Activation.geluTanh, .swish] {
      let fused = Gemm.multiply(
        left, packed,
        epilogue: Gemm.Epilogue(bias: bias, activation: activation, residual: residual),
        workers: team)
      let shifted = Tensor([m, n], sums.enumerated().map { $1 + bias.floats[$0 % n] })
      let active = activation?.forward(shifted, workers: OneThread()) ?? shifted
      #expect(fused.floats == zip(active.floats, residual.floats).map { $0 + $1 })
      let plain = Gemm.multiply(
        left, packed, epilogue: Gemm.Epilogue(activation: activation), workers: OneThread())
      let alone = Tensor([m, n], sums)
      #expect(plain.floats == (activation?.forward(alone, workers: OneThread()) ?? alone).floats)
    }
  }

  /// The same bits whoever does the work.
  @Test(arguments: Precision.allCases) func threadsDoNotMatter(precision: Precision) {
    let left = Self.values([403, 150], seed: 3)
    let right = Self.values([150, 300], seed: 4)
    let results = [1, 2, 7].map { threads in
      let team = ThreadTeam(threadCount: threads)
      return Gemm.multiply(
        left, PackedMatrix(right, precision: precision, workers: team), workers: team
      ).floats
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  /// Every element is written: what was there before was no number.
  @Test func everyElementIsWritten() {
    let right = Self.values([20, 45], seed: 5)
    let packed = PackedMatrix(right, precision: .f32, workers: OneThread())
    for rows in 1...30 {
      for _ in 0..<2 {
        var spoilt = Tensor([rows, 45], repeating: .nan)
        spoilt.withMutableFloats { _ in }
        _ = consume spoilt
        let result = Gemm.multiply(Self.values([rows, 20], seed: 6), packed, workers: OneThread())
        #expect(result.floats.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test func sumsOfNothingAreZero() {
    let packed = PackedMatrix(Tensor([0, 5], [Float]()), precision: .f32, workers: OneThread())
    #expect(
      Gemm.multiply(Tensor([3, 0], [Float]()), packed, workers: OneThread()).floats
        == [Float](repeating: 0, count: 15))
  }
}
