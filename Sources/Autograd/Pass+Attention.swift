import Kernels
package import TensorCore

extension Pass {
  /// Scaled dot-product attention with several heads.
  ///
  /// Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.
  ///
  /// - Parameters:
  ///   - query: (batch, queries, width).
  ///   - key: (batch, keys, width); for self-attention of the same tokens as the queries.
  ///   - value: Likewise.
  ///   - heads: Parts of the width that attend on their own.
  ///   - mask: Added to the scores, (queries, keys); minus infinity forbids. Nil for none.
  /// - Returns: (batch, queries, width).
  package func attention(
    _ query: Variable, _ key: Variable, _ value: Variable, heads: Int, mask: Tensor? = nil
  ) -> Variable {
    let attention = Attention(heads: heads, precision: precision)
    let isLearned = tape != nil && [query, key, value].contains(where: \.needsGradient)
    let given = attention.forward(
      query.value, key.value, value.value, mask: mask, keepsProbabilities: isLearned,
      workers: workers)
    return result(given.output, of: [query, key, value]) { gradient, pass in
      guard let probabilities = given.probabilities else { return }
      let parts = attention.backward(
        gradient, query.value, key.value, value.value, probabilities, workers: pass.workers)
      query.accumulate(parts.query, pass)
      key.accumulate(parts.key, pass)
      value.accumulate(parts.value, pass)
    }
  }

  /// A mask that lets each token see itself and those before it: (tokens, tokens) of 0 and minus infinity.
  package static func causalMask(_ tokens: Int) -> Tensor {
    Tensor([tokens, tokens]) { elements in
      for index in elements.indices {
        elements[index] = index % tokens > index / tokens ? -.infinity : 0
      }
    }
  }
}
