package import Autograd
import Kernels
package import TensorCore

/// Training of the bidirectional transformer: some tokens of each image are masked and to be found from the rest.
///
/// Source: Chang et al. 2022, section 3.1; the least share: Mentzer et al. 2023, "Finite scalar quantization", appendix
/// A.4.2; classes dropped for guidance: Ho and Salimans 2022.
package struct MaskedTokenObjective: Hashable, Sendable {
  /// How the share of masked tokens is drawn.
  package var schedule: MaskSchedule
  /// The least share that is masked, 0..<1.
  package var leastShare: Float
  /// Of labels, 0..<1.
  package var smoothing: Float
  /// The share of images whose class is kept from the network.
  package var classDropout: Float
  /// Of values within the network, in passes that gradients are asked of.
  package var dropout: Float

  /// Takes settings; the defaults are the paper's.
  package init(
    schedule: MaskSchedule = .cosine, leastShare: Float = 0.45, smoothing: Float = 0.1,
    classDropout: Float = 0.1, dropout: Float = 0.1
  ) {
    self.schedule = schedule
    self.leastShare = leastShare
    self.smoothing = smoothing
    self.classDropout = classDropout
    self.dropout = dropout
  }

  /// The loss of a batch.
  ///
  /// - Parameters:
  ///   - transformer: What learns.
  ///   - batch: Complete images.
  ///   - random: Which tokens are masked, which classes dropped; advanced.
  ///   - pass: How to compute.
  /// - Returns: The loss, `accuracy`, and both for tenths of the masked share, such as `loss_masked_50`.
  package func outcome(
    _ transformer: MaskGITTransformer, _ batch: [Canvas], random: inout CounterRandom, _ pass: Pass
  ) -> TokenOutcome {
    let configuration = transformer.configuration
    var inputs: [[Int32]] = []
    var labels: [Int] = []
    var rows: [Int] = []
    var targets: [Int32] = []
    var shares: [Int] = []
    for (item, canvas) in batch.enumerated() {
      let count = schedule.trainingCount(
        of: configuration.tokens, draw: random.uniform(), least: leastShare)
      let places = Array(Array(0..<configuration.tokens).shuffled(using: &random).prefix(count))
        .sorted()
      labels.append(random.uniform() < classDropout ? -1 : canvas.label)
      var tokens = canvas.tokens
      for place in places {
        tokens[place] = -1
        rows.append(item * configuration.length + 1 + place)
        targets.append(canvas.tokens[place])
        shares.append(min(9, count * 10 / configuration.tokens))
      }
      inputs.append(tokens)
    }
    let dropping =
      dropout > 0 && pass.tape != nil
      ? Dropout(rate: dropout, random: CounterRandom(seed: random.next(), stream: 1)) : nil
    let logits = transformer.logits(
      TokenSequences(labels: labels, tokens: inputs), rows: rows, dropout: dropping, pass)
    let (losses, isRight) = TokenLoss(configuration: configuration, smoothing: smoothing).losses(
      logits, targets, pass)
    let mean = pass.scale(pass.sum(losses), by: 1 / Float(max(1, targets.count)))
    return TokenOutcome(loss: mean, metrics: metrics(losses.value, isRight, shares))
  }

  private func metrics(_ losses: Tensor, _ isRight: [Bool], _ shares: [Int]) -> [String: Double] {
    let values = losses.floats
    var sums = [(loss: Double, right: Double, count: Double)](repeating: (0, 0, 0), count: 10)
    for index in values.indices {
      sums[shares[index]].loss += Double(values[index])
      sums[shares[index]].right += isRight[index] ? 1 : 0
      sums[shares[index]].count += 1
    }
    var metrics = [
      "accuracy": Double(isRight.filter(\.self).count) / Double(max(1, isRight.count))
    ]
    for (tenth, sum) in sums.enumerated() where sum.count > 0 {
      metrics["loss_masked_\(tenth * 10)"] = sum.loss / sum.count
      metrics["accuracy_masked_\(tenth * 10)"] = sum.right / sum.count
    }
    return metrics
  }
}
