import Autograd
import CKernels
import Glibc
import Kernels
import TensorCore
import Testing

@Suite struct AttentionTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  /// In double, head by head.
  private func plain(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, mask: Tensor?
  ) -> [Double] {
    let (batch, queries, width) = (query.shape[0], query.shape[1], query.shape[2])
    let (keys, head) = (key.shape[1], width / heads)
    let (q, k, v) = (query.floats, key.floats, value.floats)
    var output = [Double](repeating: 0, count: query.shape.count)
    for b in 0..<batch {
      for h in 0..<heads {
        for i in 0..<queries {
          let scores = (0..<keys).map { j -> Double in
            var dot = 0.0
            for c in 0..<head {
              let place = h * head + c
              dot += Double(
                q[(b * queries + i) * width + place] * k[(b * keys + j) * width + place])
            }
            return dot / Double(head).squareRoot() + Double(mask?.floats[i * keys + j] ?? 0)
          }
          let most = scores.max() ?? 0
          let weights = scores.map { exp($0 - most) }
          let sum = weights.reduce(0, +)
          for j in 0..<keys {
            for c in 0..<head {
              output[(b * queries + i) * width + h * head + c] +=
                weights[j] / sum * Double(v[(b * keys + j) * width + h * head + c])
            }
          }
        }
      }
    }
    return output
  }

  @Test(arguments: [false, true]) func equalsDoubles(isMasked: Bool) {
    let query = GradientCheck.values([2, 9, 12], seed: 1)
    let key = GradientCheck.values([2, 9, 12], seed: 2)
    let value = GradientCheck.values([2, 9, 12], seed: 3)
    let mask = isMasked ? Pass.causalMask(9) : nil
    let pass = Pass(workers: ThreadTeam(threadCount: 2))
    let output = pass.attention(
      Variable(query), Variable(key), Variable(value), heads: 3, mask: mask)
    let expected = plain(query, key, value, heads: 3, mask: mask)
    let worst = zip(output.value.floats, expected).map { abs(Double($0) - $1) }.max() ?? 1
    #expect(worst < 2e-6, "off by \(worst)")
    if isMasked { #expect(Array(output.value.floats[0..<12]) == Array(value.floats[0..<12])) }
  }

  @Test func gradientsOfSelfAttention() {
    let tokens = parameter("x", [2, 5, 8], 1)
    let mask = Pass.causalMask(5)
    GradientCheck.check([tokens]) { pass in
      let x = pass.variable(tokens)
      return pass.attention(x, x, x, heads: 2, mask: mask)
    }
  }

  @Test func gradientsOfCrossAttention() {
    let (query, key) = (parameter("q", [1, 3, 6], 1), parameter("k", [1, 7, 6], 2))
    let value = parameter("v", [1, 7, 6], 3)
    GradientCheck.check([query, key, value]) { pass in
      pass.attention(
        pass.variable(query), pass.variable(key), pass.variable(value), heads: 3)
    }
  }

  @Test(arguments: Precision.allCases) func threadsDoNotMatter(precision: Precision) {
    let tokens = Variable(GradientCheck.values([3, 40, 32], seed: 5))
    let results = [1, 2, 5].map { threads in
      let pass = Pass(workers: ThreadTeam(threadCount: threads), precision: precision)
      return pass.attention(tokens, tokens, tokens, heads: 4).value.floats
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  @Test(arguments: [1, 15, 16, 17, 257]) func softmaxEqualsThePlainOne(columns: Int) {
    let rows = 5
    var x = GradientCheck.values([rows, columns], seed: 7).floats.map { $0 * 30 }
    x[0] = 1e4
    var mask = [Float](repeating: 0, count: rows * columns)
    for column in 0..<columns { mask[2 * columns + column] = -.infinity }
    mask[columns] = -.infinity
    var fast = [Float](repeating: .nan, count: rows * columns)
    var plain = fast
    lattice_softmax_f32(x, mask, 0.7, &fast, Int64(rows), Int64(columns))
    lattice_softmax_f32_ref(x, mask, 0.7, &plain, Int64(rows), Int64(columns))
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(fast[2 * columns] == 0)
    let gradient = GradientCheck.values([rows, columns], seed: 8).floats
    var (dFast, dPlain) = (fast, fast)
    lattice_softmax_backward_f32(plain, gradient, 0.7, &dFast, Int64(rows), Int64(columns))
    lattice_softmax_backward_f32_ref(plain, gradient, 0.7, &dPlain, Int64(rows), Int64(columns))
    #expect(zip(dFast, dPlain).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
