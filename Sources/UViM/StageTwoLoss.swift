package import Autograd
package import TensorCore
package import Training

/// Losses of a language model.
package enum StageTwoLoss {
  /// The mean cross-entropy of all tokens, each given those before it.
  ///
  /// - Parameters:
  ///   - stage: The language model.
  ///   - image: (batch, side, side, 3), -1...1.
  ///   - codes: i32, (batch, codes).
  ///   - smoothing: The share of a label that is spread over all tokens.
  ///   - pass: The pass.
  /// - Returns: The loss, and the share of tokens that were likeliest.
  /// - Throws: ``UViMError`` when a shape or code is another.
  package static func loss(
    _ stage: StageTwo, image: Tensor, codes: Tensor, smoothing: Float, _ pass: Pass
  ) throws -> GradientLearner.Outcome {
    let targets = Tensor(codes.shape, integers: codes.integers.map { $0 + 1 })
    let logits = try stage.logits(
      targets: targets, memory: try stage.memory(of: image, pass), pass)
    let count = codes.shape.count
    let losses = pass.crossEntropy(
      logits, labels: targets.reshaped([count]), smoothing: smoothing)
    let vocabulary = logits.shape.columns
    let right = logits.value.withFloats { values in
      targets.integers.enumerated().count { place, token in
        RowMaximum.index(of: values, from: place * vocabulary, count: vocabulary) == Int(token)
      }
    }
    return GradientLearner.Outcome(
      loss: pass.scale(pass.sum(losses), by: 1 / Float(count)),
      metrics: ["accuracy": Double(right) / Double(count)])
  }
}
