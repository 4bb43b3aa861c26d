package import TensorCore

/// Codes left out in training, so that the base model learns to do with fewer and each says more.
///
/// Source: Kolesnikov et al. 2022, section 3.1, and the authors' code: of each picture a share of codes, even in 0...1,
/// at random places.
package struct CodeDropout: Hashable, Sendable {
  /// What stands in a left out code's place.
  package enum Replacement: String, Hashable, Sendable, CaseIterable, Codable {
    /// Zeros. To finite scalar quantization they are a code like others, to vector quantization none.
    case zero
    /// A code drawn at random.
    case random
    /// A learned vector after the decoder's stem: no code is like it. The model has it, as its configuration says.
    case learned
  }

  /// What stands in a left out code's place.
  package let replacement: Replacement

  /// Takes a replacement.
  package init(_ replacement: Replacement) { self.replacement = replacement }

  /// Which codes are kept.
  ///
  /// - Parameters:
  ///   - batch: Pictures.
  ///   - length: Codes of each.
  ///   - random: Where to draw from.
  /// - Returns: Picture by picture, true for codes that are kept.
  package static func kept(
    batch: Int, length: Int, random: inout CounterRandom
  ) -> [Bool] {
    (0..<batch).flatMap { _ -> [Bool] in
      let threshold = random.uniform()
      let kept = (0..<length).map { 1 - Float($0 + 1) / Float(length + 1) > threshold }
      return kept.shuffled(using: &random)
    }
  }
}
