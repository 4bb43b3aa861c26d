package import Autograd
import Kernels
package import TensorCore

/// Training of the causal transformer: each token from the class and the tokens before it.
package struct NextTokenObjective: Hashable, Sendable {
  /// Of labels, 0..<1.
  package var smoothing: Float
  /// The share of images whose class is kept from the network.
  package var classDropout: Float
  /// Of values within the network, in passes that gradients are asked of.
  package var dropout: Float

  /// Takes settings.
  package init(smoothing: Float = 0, classDropout: Float = 0.1, dropout: Float = 0.1) {
    self.smoothing = smoothing
    self.classDropout = classDropout
    self.dropout = dropout
  }

  /// The loss of a batch.
  ///
  /// - Parameters:
  ///   - transformer: What learns.
  ///   - batch: Complete images.
  ///   - random: Which classes are dropped; advanced.
  ///   - pass: How to compute.
  /// - Returns: The loss and `accuracy`.
  package func outcome(
    _ transformer: MaskGITTransformer, _ batch: [Canvas], random: inout CounterRandom, _ pass: Pass
  ) -> TokenOutcome {
    let configuration = transformer.configuration
    let labels = batch.map { random.uniform() < classDropout ? -1 : $0.label }
    let dropping =
      dropout > 0 && pass.tape != nil
      ? Dropout(rate: dropout, random: CounterRandom(seed: random.next(), stream: 1)) : nil
    let logits = transformer.logits(
      TokenSequences(labels: labels, tokens: batch.map { Array($0.tokens.dropLast()) }),
      dropout: dropping, pass)
    let targets = batch.flatMap(\.tokens)
    let flat = pass.reshape(logits, to: [targets.count, configuration.vocabulary])
    let (losses, isRight) = TokenLoss(configuration: configuration, smoothing: smoothing).losses(
      flat, targets, pass)
    let mean = pass.scale(pass.sum(losses), by: 1 / Float(max(1, targets.count)))
    let accuracy = Double(isRight.filter(\.self).count) / Double(max(1, isRight.count))
    return TokenOutcome(loss: mean, metrics: ["accuracy": accuracy])
  }
}
