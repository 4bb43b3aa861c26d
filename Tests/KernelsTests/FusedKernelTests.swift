import CKernels
import TensorCore
import Testing

/// The fast kernels against the plain ones, on odd sizes; what isn't written stays no number and fails.
@Suite struct FusedKernelTests {
  private func values(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var generator = CounterRandom(seed: seed)
    return (0..<count).map { _ in generator.normal() * scale }
  }

  private func isClose(_ first: [Float], _ second: [Float], _ tolerance: Float) -> Bool {
    zip(first, second).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test(arguments: [1, 15, 16, 17, 63, 64, 65, 1000]) func layerNorm(columns: Int) {
    let rows = 5
    let count = rows * columns
    let (x, dy) = (values(count, seed: 1, scale: 3), values(count, seed: 2))
    let (gain, offset) = (values(columns, seed: 3), values(columns, seed: 4))
    let nothing = [Float](repeating: .nan, count: count)
    var (fast, plain) = (nothing, nothing)
    var (mean, rstd) = (
      [Float](repeating: .nan, count: rows), [Float](repeating: .nan, count: rows)
    )
    var (mean2, rstd2) = (mean, rstd)
    let (r, c) = (Int64(rows), Int64(columns))
    lattice_layer_norm_f32(x, gain, offset, 1e-3, &fast, &mean, &rstd, r, c)
    lattice_layer_norm_f32_ref(x, gain, offset, 1e-3, &plain, &mean2, &rstd2, r, c)
    #expect(isClose(fast, plain, 2e-5) && isClose(mean, mean2, 1e-5) && isClose(rstd, rstd2, 1e-5))
    (fast, plain) = (nothing, nothing)
    lattice_layer_norm_backward_f32(x, gain, mean2, rstd2, dy, &fast, r, c)
    lattice_layer_norm_backward_f32_ref(x, gain, mean2, rstd2, dy, &plain, r, c)
    #expect(isClose(fast, plain, columns == 1 ? 1e-3 : 3e-5))
    (fast, plain) = (nothing, nothing)
    lattice_layer_norm_gain_terms_f32(x, mean2, rstd2, dy, &fast, r, c)
    lattice_layer_norm_gain_terms_f32_ref(x, mean2, rstd2, dy, &plain, r, c)
    #expect(fast == plain)
  }

  @Test(arguments: [
    LATTICE_GELU_TANH, LATTICE_GELU_ERF, LATTICE_SWISH, LATTICE_TANH, LATTICE_SIGMOID, LATTICE_RELU,
    LATTICE_LEAKY_RELU, LATTICE_IDENTITY, LATTICE_RELU6,
  ])
  func activations(kind: Int32) {
    let x = values(1001, seed: 5, scale: 3) + [0, -0.0, 40, -40, 1e-20, 200, -200]
    let dy = values(x.count, seed: 6)
    let nothing = [Float](repeating: .nan, count: x.count)
    var (fast, plain) = (nothing, nothing)
    lattice_activate_f32(kind, x, &fast, Int64(x.count))
    lattice_activate_f32_ref(kind, x, &plain, Int64(x.count))
    #expect(isClose(fast, plain, 2e-6))
    (fast, plain) = (nothing, nothing)
    lattice_activate_backward_f32(kind, x, dy, &fast, Int64(x.count))
    lattice_activate_backward_f32_ref(kind, x, dy, &plain, Int64(x.count))
    #expect(isClose(fast, plain, 4e-6))
  }

  @Test(arguments: [1, 2, 17, 64, 1003]) func crossEntropy(columns: Int) {
    let rows = 6
    var x = values(rows * columns, seed: 7, scale: 8)
    x[0] = 300
    let labels: [Int32] = [0, -1, Int32(columns - 1), 0, -5, Int32(columns / 2)]
    let dloss = values(rows, seed: 8)
    var (fast, plain) = (
      [Float](repeating: .nan, count: rows), [Float](repeating: .nan, count: rows)
    )
    let (r, c) = (Int64(rows), Int64(columns))
    lattice_cross_entropy_f32(x, labels, 0.1, &fast, r, c)
    lattice_cross_entropy_f32_ref(x, labels, 0.1, &plain, r, c)
    #expect(isClose(fast, plain, 3e-6))
    let nothing = [Float](repeating: .nan, count: x.count)
    var (dFast, dPlain) = (nothing, nothing)
    lattice_cross_entropy_backward_f32(x, labels, 0.1, dloss, &dFast, r, c)
    lattice_cross_entropy_backward_f32_ref(x, labels, 0.1, dloss, &dPlain, r, c)
    #expect(isClose(dFast, dPlain, 3e-6))
  }

  @Test func adam() {
    let count = 333
    let gradient = values(count, seed: 9)
    let start = values(count, seed: 10)
    let nothing = [Float](repeating: 0, count: count)
    var (w, m, v) = (start, nothing, nothing)
    var (w2, m2, v2) = (start, nothing, nothing)
    for step in 1...5 {
      let adam = lattice_adam(
        rate: 0.01, b1: 0.9, b2: 0.99, eps: 1e-8, decay: 0.1, scale: 0.5, step: Int64(step))
      lattice_adam_f32(adam, gradient, &w, &m, &v, Int64(count))
      lattice_adam_f32_ref(adam, gradient, &w2, &m2, &v2, Int64(count))
    }
    #expect(isClose(w, w2, 1e-6) && isClose(m, m2, 1e-6) && isClose(v, v2, 1e-6))
    // The first step is the rate itself, whatever the gradient.
    var one: [Float] = [1]
    var (mean, square): ([Float], [Float]) = ([0], [0])
    let first = lattice_adam(rate: 0.1, b1: 0.9, b2: 0.999, eps: 0, decay: 0, scale: 1, step: 1)
    lattice_adam_f32(first, [123], &one, &mean, &square, 1)
    #expect(abs(one[0] - 0.9) < 1e-6)
  }

  @Test func sumsOfSquaresAndAverages() {
    let x = values(1001, seed: 11)
    let (fast, plain) = (
      lattice_sum_squares_f32(x, 1001), lattice_sum_squares_f32_ref(x, 1001)
    )
    #expect(abs(fast - plain) < 1e-9)
    #expect(!lattice_sum_squares_f32([1, .nan], 2).isFinite)
    var (a, b) = (x, x)
    let weights = values(1001, seed: 12)
    lattice_moving_average_f32(weights, 0.1, &a, 1001)
    lattice_moving_average_f32_ref(weights, 0.1, &b, 1001)
    #expect(a == b)
  }

  @Test(arguments: [1, 16, 47]) func elementwise(columns: Int) {
    let rows = 70
    let count = Int64(rows * columns)
    let (a, b) = (values(rows * columns, seed: 13), values(rows * columns, seed: 14))
    var (fast, plain) = (b, b)
    lattice_add_f32(a, &fast, count)
    lattice_add_f32_ref(a, &plain, count)
    #expect(fast == plain)
    lattice_add_row_f32(a, &fast, Int64(rows), Int64(columns))
    lattice_add_row_f32_ref(a, &plain, Int64(rows), Int64(columns))
    #expect(fast == plain)
    lattice_multiply_f32(a, b, &fast, count)
    lattice_multiply_f32_ref(a, b, &plain, count)
    #expect(fast == plain)
    lattice_scale_f32(a, 0.3, &fast, count)
    lattice_scale_f32_ref(a, 0.3, &plain, count)
    #expect(fast == plain)
    var sums = [Float](repeating: .nan, count: columns)
    var plainSums = sums
    lattice_column_sums_f32(a, Int64(rows), Int64(columns), &sums)
    lattice_column_sums_f32_ref(a, Int64(rows), Int64(columns), &plainSums)
    #expect(sums == plainSums)
    #expect(abs(lattice_sum_f32(a, count) - lattice_sum_f32_ref(a, count)) < 1e-9)
  }
}
