import Glibc
import TensorCore

/// Where the chance in sampling one image comes from.
package protocol SamplingNoise: Sendable {
  /// Draws a code, or a digit of one.
  ///
  /// - Parameters:
  ///   - weights: Of each value, at least 0.
  ///   - logits: Their logarithms up to a constant; minus infinity for a value that was ruled out.
  ///   - step: Of decoding, counted from 0.
  ///   - place: Which token.
  ///   - digit: Which digit of the code, 0 where there is but one.
  /// - Returns: A value.
  func code(
    weights: UnsafeBufferPointer<Float>, logits: UnsafeBufferPointer<Float>, step: Int, place: Int,
    digit: Int
  ) -> Int

  /// A number of the standard Gumbel distribution, for the confidence in a place.
  func gumbel(step: Int, place: Int) -> Float

  /// A number of 0..<1, for whether a place is masked again.
  func uniform(step: Int, place: Int) -> Float

  /// The places 0..<count in a random order.
  func permutation(of count: Int) -> [Int]
}

/// Chance by counter: what is drawn depends on the seed, the step and the place alone, so that an item gives the same
/// image in every shard and beside whatever other items, as long as the logits are the same.
package struct CounterNoise: SamplingNoise, Hashable {
  /// Of the item.
  package let seed: UInt64

  /// Takes an item's seed.
  package init(seed: UInt64) { self.seed = seed }

  private enum Purpose: UInt64 {
    case code = 0
    case gumbel = 1
    case uniform = 2
    case order = 3
  }

  /// Steps are below 2^24, places below 2^32.
  private func random(
    _ purpose: Purpose, _ step: Int = 0, _ place: Int = 0, digit: Int = 0
  ) -> CounterRandom {
    CounterRandom(
      seed: seed,
      stream: purpose.rawValue << 62 | UInt64(digit) << 56 | UInt64(step) << 32 | UInt64(place))
  }

  package func code(
    weights: UnsafeBufferPointer<Float>, logits: UnsafeBufferPointer<Float>, step: Int, place: Int,
    digit: Int
  ) -> Int {
    var random = random(.code, step, place, digit: digit)
    return Self.index(in: weights, at: random.uniform())
  }

  package func gumbel(step: Int, place: Int) -> Float {
    var random = random(.gumbel, step, place)
    // 53 bits and a half: never 0 or 1.
    let uniform = (Double(random.next() >> 11) + 0.5) * 0x1p-53
    return Float(-log(-log(uniform)))
  }

  package func uniform(step: Int, place: Int) -> Float {
    var random = random(.uniform, step, place)
    return random.uniform()
  }

  package func permutation(of count: Int) -> [Int] {
    CounterRandom.permutation(of: count, seed: seed, stream: Purpose.order.rawValue << 62)
  }

  /// The code at which the running sum of weights passes `share` of the whole.
  static func index(in weights: UnsafeBufferPointer<Float>, at share: Float) -> Int {
    var total = 0.0
    for weight in weights { total += Double(weight) }
    let goal = Double(share) * total
    var (sum, last) = (0.0, 0)
    for index in weights.indices where weights[index] > 0 {
      sum += Double(weights[index])
      last = index
      if sum > goal { break }
    }
    return last
  }
}
