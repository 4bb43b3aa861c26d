import Autograd
import TensorCore
import Testing
import UViM

/// Moving averages of a dictionary against the rule of the authors' code, written out in double.
@Suite struct CodebookAveragesTests {
  /// `split_the_most_frequent_embedding` and the lines around it, with chance drawn in the same order.
  private struct AuthorsRule {
    var dictionary: [[Double]]
    var counts: [Double]
    var splits = 0

    mutating func update(
      _ vectors: [[Double]], _ codes: [Int], leastCount: Double, random: inout CounterRandom
    ) {
      for code in counts.indices {
        counts[code] *= 0.995
        for index in dictionary[code].indices { dictionary[code][index] *= 0.995 }
      }
      for (vector, code) in zip(vectors, codes) {
        counts[code] += 1
        for index in vector.indices { dictionary[code][index] += vector[index] }
      }
      while counts.contains(where: { $0 < leastCount }) {
        guard let most = counts.indices.max(by: { (counts[$0], $1) < (counts[$1], $0) }),
          let least = counts.indices.min(by: { (counts[$0], $0) < (counts[$1], $1) })
        else { return }
        dictionary[least] = dictionary[most].map {
          $0 * Double(0.999 + 0.002 * random.uniform()) / 2
        }
        dictionary[most] = dictionary[most].map { $0 / 2 }
        counts[least] = counts[most] / 2
        counts[most] /= 2
        splits += 1
      }
    }
  }

  private func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var generator = CounterRandom(seed: seed)
    return Tensor(shape, (0..<shape.count).map { _ in generator.normal() })
  }

  private func expectClose(_ found: [Float], _ wanted: [Double], _ what: String) {
    let worst = zip(found, wanted).map { abs(Double($0) - $1) / (1 + abs($1)) }.max() ?? 0
    #expect(found.count == wanted.count && worst < 2e-4, "\(what): off by \(worst)")
  }

  /// Three of eight codes come up; the others fade from 1 to below 0.1 after 460 steps and are split then, not before.
  @Test func severalStepsAreTheAuthors() {
    let (codes, width, rows) = (8, 3, 5)
    var dictionary = random([codes, width], seed: 1)
    var counts = Tensor([codes], repeating: 1)
    var rule = AuthorsRule(
      dictionary: (0..<codes).map { code in
        dictionary.floats[(code * width)..<((code + 1) * width)].map { Double($0) }
      }, counts: [Double](repeating: 1, count: codes))
    let averages = CodebookAverages()
    for step in 0..<700 {
      let vectors = random([rows, width], seed: UInt64(100 + step))
      let chosen = (0..<rows).map { ($0 + step) % 3 }
      var (own, theirs) = (
        CounterRandom(seed: 9, stream: UInt64(step)), CounterRandom(seed: 9, stream: UInt64(step))
      )
      let moved = averages.updated(
        dictionary: dictionary, counts: counts, vectors: vectors,
        codes: Tensor([rows], integers: chosen.map { Int32($0) }), random: &own)
      (dictionary, counts) = (moved.dictionary, moved.counts)
      rule.update(
        (0..<rows).map { row in
          vectors.floats[(row * width)..<((row + 1) * width)].map { Double($0) }
        }, chosen, leastCount: 0.1, random: &theirs)
      if [0, 1, 2, 300].contains(step) { #expect(rule.splits == 0, "step \(step)") }
    }
    #expect(rule.splits == 5)
    expectClose(counts.floats, rule.counts, "counts")
    expectClose(dictionary.floats, rule.dictionary.flatMap(\.self), "dictionary")
    // A code that comes up once in every step settles at 1 / (1 - 0.995).
    let total: Float = counts.floats.reduce(0, +)
    #expect(total > 900)
  }

  /// Hundreds of rare codes at once: the rarest first, each of the one that is the most used by then.
  @Test func manyCodesAreSplitAsOneByOne() {
    let (codes, width) = (300, 2)
    let dictionary = random([codes, width], seed: 3)
    let counts = Tensor(
      [codes], (0..<codes).map { $0.isMultiple(of: 7) ? Float(40 + $0 % 90) : Float($0 % 11) / 200 }
    )
    var rule = AuthorsRule(
      dictionary: (0..<codes).map { code in
        dictionary.floats[(code * width)..<((code + 1) * width)].map { Double($0) }
      }, counts: counts.floats.map { Double($0) })
    var (own, theirs) = (CounterRandom(seed: 4), CounterRandom(seed: 4))
    let moved = CodebookAverages().updated(
      dictionary: dictionary, counts: counts, vectors: Tensor.zeros([0, width]),
      codes: Tensor([0], integers: []), random: &own)
    rule.update([], [], leastCount: 0.1, random: &theirs)
    #expect(rule.splits > 200)
    expectClose(moved.counts.floats, rule.counts, "counts")
    expectClose(moved.dictionary.floats, rule.dictionary.flatMap(\.self), "dictionary")
  }

  /// Where halves would be rare themselves, nothing is split: the authors' loop would never end.
  @Test func splittingEnds() {
    let counts = Tensor([4], [0.15, 0.05, 0.02, 0.19])
    var random = CounterRandom(seed: 1)
    let moved = CodebookAverages(momentum: 0.5).updated(
      dictionary: Tensor([4, 1], [1, 2, 3, 4]), counts: counts, vectors: Tensor.zeros([0, 1]),
      codes: Tensor([0], integers: []), random: &random)
    #expect(moved.counts.floats == [0.075, 0.025, 0.01, 0.095])
    #expect(moved.dictionary.floats == [0.5, 1, 1.5, 2])
  }

  @Test func withoutSplittingRareCodesStay() {
    var random = CounterRandom(seed: 1)
    let moved = CodebookAverages(momentum: 0.5, leastCount: 0).updated(
      dictionary: Tensor([2, 1], [8, 1]), counts: Tensor([2], [8, 0.01]),
      vectors: Tensor([1, 1], [3]), codes: Tensor([1], integers: [0]), random: &random)
    #expect(moved.counts.floats == [5, 0.005] && moved.dictionary.floats == [7, 0.5])
  }

  /// A code that never came up fades to nothing; it is near to no vector then, rather than to all.
  @Test func fadedCodesAreNeverTheNearest() {
    let codes = VectorCodes(
      dictionary: Tensor([3, 2], [0, 0, 3, 0, 0, 5]), counts: Tensor([3], [0, 3, 5]))
    let nearest = codes.codes(
      of: Tensor([1, 2, 2], [1, 0.1, 0.1, 1]), .init(workers: OneThread()))
    #expect(nearest.integers == [1, 2])
  }
}
