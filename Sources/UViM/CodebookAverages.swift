import Autograd
package import TensorCore

/// How a dictionary of codes follows the vectors that are given to it.
///
/// Source: Kolesnikov et al. 2022, appendix, and the authors' code; van den Oord et al. 2017, appendix A.1.
package struct CodebookAverages: Hashable, Sendable {
  /// What is kept of the averages at each step, 0..<1.
  package var momentum: Float
  /// Codes whose average count falls below this are given half of the most used code; 0 splits none.
  package var leastCount: Float

  /// Takes settings; the defaults are the authors'.
  package init(momentum: Float = 0.995, leastCount: Float = 0.1) {
    self.momentum = momentum
    self.leastCount = leastCount
  }

  /// The averages after a step.
  ///
  /// - Parameters:
  ///   - dictionary: Sums of vectors, (codes, values).
  ///   - counts: How many there were, (codes).
  ///   - vectors: Of this step, (…, values).
  ///   - codes: The code of each, i32.
  ///   - random: For splitting.
  /// - Returns: Both averages.
  package func updated(
    dictionary: Tensor, counts: Tensor, vectors: Tensor, codes: Tensor,
    random: inout CounterRandom
  ) -> (dictionary: Tensor, counts: Tensor) {
    let width = dictionary.shape.columns
    var (sums, numbers) = (dictionary.floats, counts.floats)
    for index in sums.indices { sums[index] *= momentum }
    for index in numbers.indices { numbers[index] *= momentum }
    let (values, chosen) = (vectors.floats, codes.integers)
    for (place, code) in chosen.enumerated() {
      let start = Int(code) * width
      for index in 0..<width {
        sums[start + index] += (1 - momentum) * values[place * width + index]
      }
      numbers[Int(code)] += 1 - momentum
    }
    split(&sums, &numbers, width, &random)
    return (Tensor(dictionary.shape, sums), Tensor(counts.shape, numbers))
  }

  private func split(
    _ sums: inout [Float], _ counts: inout [Float], _ width: Int, _ random: inout CounterRandom
  ) {
    // Each split leaves one rare code fewer, as long as the most used one can spare half.
    for _ in counts.indices {
      guard let least = counts.indices.min(by: { counts[$0] < counts[$1] }),
        let most = counts.indices.max(by: { counts[$0] < counts[$1] }),
        counts[least] < leastCount, counts[most] / 2 > counts[least]
      else { return }
      counts[most] /= 2
      counts[least] = counts[most]
      for index in 0..<width {
        let half = sums[most * width + index] / 2
        sums[most * width + index] = half
        sums[least * width + index] = half * (0.999 + 0.002 * random.uniform())
      }
    }
  }
}
