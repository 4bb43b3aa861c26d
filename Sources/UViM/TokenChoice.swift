import CKernels

/// How a token is chosen by its logits; a function of logits, item and position alone.
package enum TokenChoice: Hashable, Sendable {
  /// The greatest.
  case greedy
  /// At random by softmax(logits / temperature), as the greatest of logits / temperature with Gumbel noise.
  ///
  /// Source: Gumbel 1954; Maddison et al. 2014, "A* sampling", section 2. Noise depends on seed and position, so that
  /// guessing ahead chooses the same tokens as going one by one.
  case sampled(temperature: Float, seeds: [UInt64])

  /// Chooses.
  ///
  /// - Parameters:
  ///   - logits: Of one row.
  ///   - item: Of the batch.
  ///   - position: Of the token.
  /// - Returns: The token.
  func token(_ logits: UnsafeBufferPointer<Float>, item: Int, position: Int) -> Int32 {
    switch self {
    case .greedy: return Int32(RowMaximum.index(of: logits, from: 0, count: logits.count))
    case .sampled(let temperature, let seeds):
      let place = lattice_gumbel_max_f32(
        logits.baseAddress, 1 / temperature, seeds[item], UInt64(position), Int64(logits.count))
      return Int32(place)
    }
  }
}
