package import Autograd
import Kernels
import TensorCore
package import Training

/// A discriminator that learns to tell a tokenizer's pictures from real ones, while the tokenizer learns to deceive it.
///
/// It takes a step after each of the tokenizer's, from a step on; before that it has no part in the loss.
package final class Adversary {
  /// What stays the same over a run.
  package struct Settings: Hashable, Sendable {
    /// What either side is asked for.
    package var loss: AdversarialLoss
    /// What deceiving counts in the tokenizer's loss.
    package var weight: Float
    /// Of the R1 penalty; 0 for none.
    package var penalty: Double
    /// The first step, counted from 0, in which the discriminator takes part.
    package var start: Int
    /// Channels of the discriminator's first layer, a multiple of 8.
    package var filters: Int
    /// Its convolutions of stride 2.
    package var layers: Int
    /// How fast it learns.
    package var rate: LearningRate
    /// Of its first weights.
    package var seed: UInt64

    /// Takes settings; the penalty and the weight are those of MaskGIT's tokenizer.
    package init(
      loss: AdversarialLoss = .nonSaturating, weight: Float = 0.1, penalty: Double = 10,
      start: Int = 0, filters: Int = 32, layers: Int = 2, rate: LearningRate, seed: UInt64 = 0
    ) {
      self.loss = loss
      self.weight = weight
      self.penalty = penalty
      self.start = start
      self.filters = filters
      self.layers = layers
      self.rate = rate
      self.seed = seed
    }
  }

  private let settings: Settings
  private let discriminator: PatchDiscriminator
  private let optimizer = AdamW(AdamW.Settings(b1: 0, b2: 0.99))
  /// Real and made pictures of the parts of a step, until the discriminator has learned from them.
  private var pairs: [(real: Tensor, made: Tensor)] = []
  /// What its last step came to.
  private(set) var metrics: [String: Double] = [:]

  /// Sets one up.
  package init(_ settings: Settings) {
    self.settings = settings
    discriminator = PatchDiscriminator(
      filters: settings.filters, layers: settings.layers,
      start: .random(seed: settings.seed ^ 0xD15C))
  }

  /// The tokenizer's part: how little its pictures deceive, times the weight.
  ///
  /// - Parameters:
  ///   - pictures: What it made, (N, H, W, 3).
  ///   - wanted: The real ones.
  ///   - step: Of the tokenizer.
  ///   - pass: Its tape must not learn the discriminator's parameters.
  /// - Returns: The term, shape []; nil before the first step.
  /// - Throws: What a convolution throws when memory runs out.
  func loss(
    of pictures: Variable, besides wanted: Tensor, step: Int, _ pass: Pass
  ) throws -> Variable? {
    guard step >= settings.start else { return nil }
    pairs.append((wanted, pictures.value))
    let said = try discriminator(pictures, pass)
    return pass.scale(settings.loss.ofGenerator(said, pass), by: settings.weight)
  }

  /// The discriminator's step, on what the tokenizer just made.
  func update(step: Int, workers: any Workers) throws {
    let pairs = pairs
    self.pairs = []
    metrics = [:]
    guard !pairs.isEmpty else { return }
    let share = 1 / Double(pairs.count)
    var sum: [Gradient] = []
    for (real, made) in pairs {
      let part = try gradients(real, made, share: share, workers)
      sum = Gradient.sum(sum, part, Pass(workers: workers))
    }
    _ = try optimizer.step(sum, rate: settings.rate.rate(ofStep: step), workers: workers)
  }

  /// Gradients of a part's share of the loss; adds to the metrics.
  private func gradients(
    _ real: Tensor, _ made: Tensor, share: Double, _ workers: any Workers
  ) throws -> [Gradient] {
    let tape = Tape()
    let pass = Pass(workers: workers, tape: tape)
    let saidOfReal = try discriminator(Variable(real), pass)
    let saidOfMade = try discriminator(Variable(made), pass)
    let loss = settings.loss.ofDiscriminator(real: saidOfReal, made: saidOfMade, pass)
    metrics["discriminator_loss", default: 0] += share * Double(loss.value.floats[0])
    metrics["discriminator_real", default: 0] += share * Self.mean(saidOfReal.value)
    metrics["discriminator_made", default: 0] += share * Self.mean(saidOfMade.value)
    let gradients = tape.gradients(of: loss, scale: Float(share), pass)
    guard settings.penalty > 0 else { return gradients }
    let discriminator = discriminator
    let (penalty, slopes) = try GradientPenalty()(real, workers: workers) { images, pass in
      let said = try discriminator(images, pass)
      // A picture's number is the mean over its patches.
      return pass.scale(said, by: Float(images.shape[0]) / Float(said.shape.count))
    }
    metrics["r1_penalty", default: 0] += share * settings.penalty * penalty
    let scale = Float(share * settings.penalty)
    let scaled = slopes.map {
      Gradient(parameter: $0.parameter, value: pass.scale(Variable($0.value), by: scale).value)
    }
    return Gradient.sum(gradients, scaled, Pass(workers: workers))
  }

  private static func mean(_ tensor: Tensor) -> Double {
    tensor.withFloats { $0.reduce(0.0) { $0 + Double($1) } } / Double(max(1, tensor.shape.count))
  }

  /// Everything that its steps change.
  var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    StateNames.add(weights, as: "weights", to: &state)
    StateNames.add(optimizer.state, as: "optimizer", to: &state)
    return state
  }

  /// Becomes what it was.
  ///
  /// - Parameters:
  ///   - state: As ``state`` gave it.
  ///   - steps: Of the tokenizer so far.
  /// - Throws: ``TrainingStateError``.
  func restore(_ state: [String: Tensor], steps: Int) throws {
    let saved = StateNames.part("weights", of: state)
    try TrainingStateError.check(saved, has: weights.mapValues(\.shape))
    for parameter in discriminator.parameters {
      if let value = saved[parameter.name] { parameter.value = value }
    }
    optimizer.restore(
      StateNames.part("optimizer", of: state), steps: max(0, steps - settings.start))
  }

  private var weights: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: discriminator.parameters.map { ($0.name, $0.value) })
  }
}
