import Tokenizers

/// A quantizer that is compared with others at the same size of the codebook.
enum StudyVariant: String, CaseIterable {
  /// Finite scalar quantization.
  case fsq
  /// Vectors pulled by a loss, latents by a commitment: nothing else.
  case vq
  /// Vectors that follow averages of their latents.
  case average = "vq_average"
  /// The plain one with the entropy penalty of MaskGIT.
  case entropy = "vq_entropy"
  /// Averages, and unused vectors put where latents are.
  case reseed = "vq_reseed"
  /// Averages, and unused vectors replaced by half of the most used one.
  case split = "vq_split"

  /// The machinery it uses; nothing for ``fsq``.
  var vector: VectorQuantizerSettings {
    switch self {
    case .fsq, .vq: VectorQuantizerSettings()
    case .average: VectorQuantizerSettings(averageDecay: 0.99)
    case .entropy: VectorQuantizerSettings(entropy: 0.1)
    case .reseed: VectorQuantizerSettings(averageDecay: 0.99, reseedBelow: 0.03)
    case .split: VectorQuantizerSettings(averageDecay: 0.99, splitBelow: 0.03)
    }
  }
}

/// The levels that the paper recommends for a size of the codebook.
///
/// Source: Mentzer et al. 2023, table 1 and appendix A.4.1.
enum PaperLevels {
  private static let table: [Int: [Int]] = [
    4: [5, 3], 6: [8, 8], 8: [8, 6, 5], 9: [8, 8, 8], 10: [8, 5, 5, 5], 11: [8, 8, 6, 5],
    12: [7, 5, 5, 5, 5], 14: [8, 8, 8, 6, 5], 16: [8, 8, 8, 5, 5, 5],
  ]

  /// For about 2^bits codes; nil where the paper names none.
  static func of(bits: Int) -> [Int]? { table[bits] }

  /// Every size there is.
  static var sizes: [Int] { table.keys.sorted() }
}
