import CKernels
import Glibc
import TensorCore
import Testing

/// Draws by Gumbel noise: the fast kernel against the plain one, and against softmax.
@Suite struct GumbelMaxTests {
  private func logits(_ count: Int, seed: UInt64) -> [Float] {
    var generator = CounterRandom(seed: seed)
    return (0..<count).map { _ in generator.normal() * 2 }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 15, 17, 63, 64, 65, 127, 1000, 4097])
  func fastDrawsWhatPlainDraws(columns: Int) {
    let x = logits(columns, seed: 1)
    for stream in 0..<200 as Range<UInt64> {
      let fast = lattice_gumbel_max_f32(x, 1.25, 0x1234_5678_9ABC, stream << 31, Int64(columns))
      let plain = lattice_gumbel_max_f32_ref(
        x, 1.25, 0x1234_5678_9ABC, stream << 31, Int64(columns))
      #expect(fast == plain)
    }
  }

  /// The noise is of the generator that everything else here draws from.
  @Test func theNoiseIsPhilox() {
    let (count, seed, stream) = (9, 77 as UInt64, 5 as UInt64)
    let x = logits(count, seed: 2)
    let scores = (0..<count).map { index in
      let block = CounterRandom.block(
        (UInt32(index / 4), 0, UInt32(stream), 0), (UInt32(seed), 0))
      let word = [block.0, block.1, block.2, block.3][index % 4]
      return Double(x[index]) - log(-log((Double(word >> 9) + 0.5) / 8_388_608))
    }
    let expected = scores.indices.max { scores[$0] < scores[$1] }
    #expect(lattice_gumbel_max_f32(x, 1, seed, stream, Int64(count)) == expected.map(Int64.init))
  }

  /// 40,000 draws fall on each of 12 codes as often as softmax says, within four standard deviations.
  @Test func drawsFollowSoftmax() {
    let x = logits(12, seed: 3)
    let temperature: Float = 0.7
    let weights = x.map { exp(Double($0 / temperature)) }
    let total = weights.reduce(0, +)
    let draws = 40_000
    var counts = [Double](repeating: 0, count: x.count)
    for stream in 0..<UInt64(draws) {
      counts[Int(lattice_gumbel_max_f32(x, 1 / temperature, 9, stream, Int64(x.count)))] += 1
    }
    for (count, weight) in zip(counts, weights) {
      let share = weight / total
      let deviation = (Double(draws) * share * (1 - share)).squareRoot()
      #expect(abs(count - Double(draws) * share) < 4 * deviation)
    }
  }

  @Test func theForbiddenIsNeverDrawn() {
    var x = [Float](repeating: -.infinity, count: 70)
    x[69] = -50
    for stream in 0..<50 as Range<UInt64> {
      #expect(lattice_gumbel_max_f32(x, 1, 4, stream, 70) == 69)
    }
  }
}
