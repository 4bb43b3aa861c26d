import Glibc
package import TensorCore

/// How much of a codebook is used: counts of tokens, and what follows from them.
package struct CodebookUsage: Hashable, Sendable {
  /// How often each token occurred.
  package private(set) var counts: [Int]

  /// Starts at 0 for each of the tokens.
  package init(codebookSize: Int) { counts = [Int](repeating: 0, count: codebookSize) }

  /// Counts tokens.
  ///
  /// - Parameter tokens: i32, each of the codebook.
  package mutating func add(_ tokens: Tensor) {
    for token in tokens.integers { counts[Int(token)] += 1 }
  }

  /// Tokens that were counted.
  package var total: Int { counts.reduce(0, +) }

  /// The share of the codebook that occurred at least once, 0...1 (the paper's codebook usage, section 4.2).
  package var usage: Double {
    Double(counts.count { $0 > 0 }) / Double(max(1, counts.count))
  }

  /// The entropy of tokens taken one by one, in bits.
  package var entropy: Double {
    let total = Double(total)
    guard total > 0 else { return 0 }
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / total
      return sum - share * log2(share)
    }
  }

  /// How many evenly used tokens would have the same entropy, 1...size.
  package var perplexity: Double { exp2(entropy) }
}
