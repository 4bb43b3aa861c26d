import Autograd
package import TensorCore

/// How a dictionary of codes follows the vectors that are given to it: discounted sums of vectors and of how many there
/// were, and rare codes replaced by halves of the most used one.
///
///     counts = momentum counts + how many of this step,  dictionary = momentum dictionary + their sum
///     while a count is below leastCount: the rarest code becomes u times the most used one, then both are halved
///
/// with u drawn from 0.999...1.001 for each value. Counts are of whole vectors, not of shares: a code that comes up once in
/// every step settles at 1 / (1 - momentum), and the authors' 0.1 is what is left of 1 after some 460 steps without it.
///
/// Source: Kolesnikov et al. 2022, appendix, and the authors' code; van den Oord et al. 2017, appendix A.1.
package struct CodebookAverages: Hashable, Sendable {
  /// What is kept of sums and counts at each step, 0..<1.
  package var momentum: Float
  /// Codes whose discounted count falls below this are given half of the most used code; 0 splits none.
  package var leastCount: Float

  /// Takes settings; the defaults are the authors'.
  package init(momentum: Float = 0.995, leastCount: Float = 0.1) {
    self.momentum = momentum
    self.leastCount = leastCount
  }

  /// Sums and counts after a step.
  ///
  /// - Parameters:
  ///   - dictionary: Sums of vectors, (codes, values).
  ///   - counts: How many there were, (codes).
  ///   - vectors: Of this step, (…, values).
  ///   - codes: The code of each, i32.
  ///   - random: For splitting.
  /// - Returns: Both.
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
      for index in 0..<width { sums[start + index] += values[place * width + index] }
      numbers[Int(code)] += 1
    }
    split(&sums, &numbers, width, &random)
    return (Tensor(dictionary.shape, sums), Tensor(counts.shape, numbers))
  }

  /// A split half is no rare code, so that each code is replaced at most once, the rarest first.
  private func split(
    _ sums: inout [Float], _ counts: inout [Float], _ width: Int, _ random: inout CounterRandom
  ) {
    let rare = counts.indices.filter { counts[$0] < leastCount }
      .sorted { (counts[$0], $0) < (counts[$1], $1) }
    guard !rare.isEmpty else { return }
    var heap = CountHeap(counts)
    for least in rare {
      let most = heap.first
      // Halves that are rare themselves would be split for ever.
      guard counts[most] / 2 >= leastCount else { return }
      counts[most] /= 2
      counts[least] = counts[most]
      for index in 0..<width {
        let value = sums[most * width + index]
        sums[least * width + index] = value * (0.999 + 0.002 * random.uniform()) / 2
        sums[most * width + index] = value / 2
      }
      heap.lowerFirst(to: counts[most])
      heap.raise(least, to: counts[least])
    }
  }
}

/// Codes by how often they were used, the most used first and of equals the first.
struct CountHeap {
  private var counts: [Float]
  /// Codes; each comes before those at twice its place.
  private var order: [Int]
  /// By code, its place in ``order``.
  private var places: [Int]

  init(_ counts: [Float]) {
    self.counts = counts
    order = Array(counts.indices)
    places = order
    for place in (0..<(order.count / 2)).reversed() { sink(place) }
  }

  /// The most used code.
  var first: Int { order[0] }

  mutating func lowerFirst(to count: Float) {
    counts[order[0]] = count
    sink(0)
  }

  mutating func raise(_ code: Int, to count: Float) {
    counts[code] = count
    var place = places[code]
    while place > 0, comes(place, before: (place - 1) / 2) {
      exchange(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private func comes(_ first: Int, before second: Int) -> Bool {
    let (a, b) = (order[first], order[second])
    return counts[a] == counts[b] ? a < b : counts[a] > counts[b]
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while true {
      var best = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < order.count && comes(child, before: best) { best = child }
      guard best != place else { return }
      exchange(place, best)
      place = best
    }
  }

  private mutating func exchange(_ first: Int, _ second: Int) {
    order.swapAt(first, second)
    places[order[first]] = first
    places[order[second]] = second
  }
}
