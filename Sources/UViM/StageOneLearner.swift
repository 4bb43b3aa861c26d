package import Autograd
import FSQ
package import Kernels
package import TensorCore
package import Training

/// What the base model learns from at a step.
package struct StageOneBatch {
  /// What goes in, by label: (batch, tokens, values, pixels).
  package var labels: [String: Tensor]
  /// What has to come out, by label: i32 (batch, tokens, pixels) of values, negative where unknown; or, for values that
  /// are numbers themselves, f32 (batch, tokens, values, pixels).
  package var targets: [String: Tensor]
  /// (batch, side, side, 3), -1...1.
  package var image: Tensor

  /// Takes its parts.
  package init(labels: [String: Tensor], targets: [String: Tensor], image: Tensor) {
    self.labels = labels
    self.targets = targets
    self.image = image
  }
}

/// Trains a base model with its codebook.
package final class StageOneLearner: Learner {
  /// What stays the same over a run.
  package struct Settings {
    package var optimizer: any Optimizer
    package var rate: LearningRate
    package var precision: Precision
    package var averageDecay: Double?
    package var dropout: CodeDropout?
    package var averages: CodebookAverages
    /// The weight of the mean of relu(|z| - 2)^2 over a bottleneck, which keeps it where rounding still has a gradient.
    package var latentPenalty: Float
    /// Parts that a step's batch is computed in, one after another, to save memory.
    package var parts: Int
    package var seed: UInt64

    /// Takes settings.
    package init(
      optimizer: any Optimizer, rate: LearningRate, precision: Precision = .f32,
      averageDecay: Double? = nil, dropout: CodeDropout? = CodeDropout(.zero),
      averages: CodebookAverages = CodebookAverages(), latentPenalty: Float = 0, parts: Int = 1,
      seed: UInt64
    ) {
      self.optimizer = optimizer
      self.rate = rate
      self.precision = precision
      self.averageDecay = averageDecay
      self.dropout = dropout
      self.averages = averages
      self.latentPenalty = latentPenalty
      self.parts = parts
      self.seed = seed
    }
  }

  private let model: UViMModel
  private let stage: StageOne
  private let settings: Settings
  private let batch: (_ step: Int, _ part: Int) throws -> StageOneBatch
  private var inner: GradientLearner?
  /// What the codebook is moved by after a step, part by part.
  private var seen: [(vectors: Tensor, codes: Tensor)] = []

  /// Sets a learner up.
  ///
  /// - Parameters:
  ///   - model: Has a base model.
  ///   - settings: How.
  ///   - batch: What a part of a step learns from; depends on their numbers alone.
  /// - Throws: ``UViMError`` when the model has no base model.
  package init(
    _ model: UViMModel, _ settings: Settings,
    batch: @escaping (_ step: Int, _ part: Int) throws -> StageOneBatch
  ) throws {
    guard let stage = model.stageOne else {
      throw UViMError.setting(key: "stage1", found: "missing", expected: "there to be trained")
    }
    self.model = model
    self.stage = stage
    self.settings = settings
    self.batch = batch
    inner = GradientLearner(
      stage.parameters, optimizer: settings.optimizer, rate: settings.rate,
      precision: settings.precision, averageDecay: settings.averageDecay, parts: settings.parts,
      after: { [unowned self] step, _ in moveCodebook(step) },
      loss: { [unowned self] step, part, pass in try loss(step, part, pass) })
  }

  /// The average of the weights; nil when none is kept.
  package var average: ExponentialMovingAverage? { inner?.average }

  package func step(_ number: Int, workers: any Workers) throws -> [String: Double] {
    try inner?.step(number, workers: workers) ?? [:]
  }

  private func loss(_ step: Int, _ part: Int, _ pass: Pass) throws -> GradientLearner.Outcome {
    let batch = try batch(step, part)
    guard let quantizer = try model.quantizer() else {
      throw UViMError.setting(key: "stage1", found: "missing", expected: "there to be trained")
    }
    var random = CounterRandom(
      seed: settings.seed, stream: 1 << 62 | UInt64(part) << 48 | UInt64(step))
    let latents = quantizer.prepare(
      try stage.latents(labels: batch.labels, image: batch.image, pass), pass)
    let codes = quantizer.codes(of: latents.value, pass)
    guard latents.value.withFloats({ NonFiniteValues(in: $0) }) == nil else {
      throw NotANumberError(what: "the bottleneck", step: step)
    }
    if !model.codebook.isEmpty { seen.append((latents.value, codes)) }
    let vectors = quantizer.quantized(latents, codes: codes, pass)
    let logits = try decoded(vectors, batch.image, quantizer, &random, pass)
    let losses = try StageOneLoss.losses(logits, batch.targets, pass)
    var total: Variable?
    var metrics: [String: Double] = [:]
    for (name, loss) in losses.sorted(by: { $0.key < $1.key }) {
      total = total.map { pass.add($0, loss) } ?? loss
      metrics["loss_\(name)"] = Double(loss.value.floats[0])
    }
    guard let total else { throw UViMError.label("", expected: stage.configuration.labelNames) }
    metrics["codes_in_batch"] = Double(Set(codes.integers).count)
    metrics["saturation"] = quantizer.saturation(of: latents.value)
    guard settings.latentPenalty > 0 else {
      return GradientLearner.Outcome(loss: total, metrics: metrics)
    }
    let penalty = LatentPenalty.mean(latents, pass)
    metrics["latent_penalty"] = Double(penalty.value.floats[0])
    return GradientLearner.Outcome(
      loss: pass.add(total, pass.scale(penalty, by: settings.latentPenalty)), metrics: metrics)
  }

  /// What the decoder makes of codes, some of which are left out.
  private func decoded(
    _ vectors: Variable, _ image: Tensor, _ quantizer: any CodeQuantizer,
    _ random: inout CounterRandom, _ pass: Pass
  ) throws -> [String: Variable] {
    guard let dropout = settings.dropout else {
      return try stage.decode(vectors, image: image, pass)
    }
    guard dropout.replacement == .learned else {
      let left = drop(vectors, dropout, quantizer, &random, pass)
      return try stage.decode(left, image: image, pass)
    }
    let kept = CodeDropout.kept(
      batch: vectors.shape[0], length: vectors.shape[1], random: &random)
    return try stage.decode(vectors, kept: kept, image: image, pass)
  }

  private func drop(
    _ vectors: Variable, _ dropout: CodeDropout, _ quantizer: any CodeQuantizer,
    _ random: inout CounterRandom, _ pass: Pass
  ) -> Variable {
    let (batch, length, width) = (vectors.shape[0], vectors.shape[1], vectors.shape[2])
    let kept = CodeDropout.kept(batch: batch, length: length, random: &random)
    let mask = Tensor(vectors.shape) { mask in
      for index in mask.indices { mask[index] = kept[index / width] ? 1 : 0 }
    }
    let left = pass.multiply(vectors, Variable(mask))
    guard dropout.replacement == .random else { return left }
    let drawn = (0..<(batch * length)).map { _ in
      Int32(min(Float(quantizer.size - 1), random.uniform() * Float(quantizer.size)))
    }
    var others = quantizer.vectors(of: Tensor([batch, length], integers: drawn))
    others.withMutableFloats { others in
      for index in others.indices where kept[index / width] { others[index] = 0 }
    }
    return pass.add(left, Variable(others))
  }

  private func moveCodebook(_ step: Int) {
    guard model.codebook.count == 2, let first = seen.first else { return }
    let rows = seen.map(\.codes.shape.count).reduce(0, +)
    var random = CounterRandom(seed: settings.seed, stream: 3 << 61 | UInt64(step))
    let moved = settings.averages.updated(
      dictionary: model.codebook[0].value, counts: model.codebook[1].value,
      vectors: Tensor([rows, first.vectors.shape.columns], seen.flatMap(\.vectors.floats)),
      codes: Tensor([rows], integers: seen.flatMap(\.codes.integers)), random: &random)
    model.codebook[0].value = moved.dictionary
    model.codebook[1].value = moved.counts
    seen = []
  }

  package var state: [String: Tensor] {
    var state = inner?.state ?? [:]
    for parameter in model.codebook { state["codebook/\(parameter.name)"] = parameter.value }
    return state
  }

  package func restore(_ state: [String: Tensor], steps: Int) throws {
    let codebook = state.filter { $0.key.hasPrefix("codebook/") }
    try TrainingStateError.check(
      codebook,
      has: Dictionary(
        uniqueKeysWithValues: model.codebook.map { ("codebook/\($0.name)", $0.value.shape) }))
    try inner?.restore(state.filter { !$0.key.hasPrefix("codebook/") }, steps: steps)
    for parameter in model.codebook {
      if let value = codebook["codebook/\(parameter.name)"] { parameter.value = value }
    }
  }
}

/// How far a base model's logits are from what they should be.
package enum StageOneLoss {
  /// The loss of each label: cross-entropy of each known pixel, or the mean squared error of numbers.
  ///
  /// - Parameters:
  ///   - logits: By label, (batch, tokens, values, pixels).
  ///   - targets: As in ``StageOneBatch``.
  ///   - pass: The pass.
  /// - Returns: By label, shape [].
  /// - Throws: ``UViMError`` when a label is missing.
  package static func losses(
    _ logits: [String: Variable], _ targets: [String: Tensor], _ pass: Pass
  ) throws -> [String: Variable] {
    var losses: [String: Variable] = [:]
    for (name, found) in logits {
      guard let target = targets[name] else {
        throw UViMError.label(name, expected: targets.keys.sorted())
      }
      losses[name] =
        target.type == .i32
        ? crossEntropy(found, target, pass) : squares(found, target, pass)
    }
    return losses
  }

  private static func crossEntropy(
    _ logits: Variable, _ target: Tensor, _ pass: Pass
  ) -> Variable {
    let rows = pass.exchangeColumns(logits)
    let known = target.withElements(Int32.self) { $0.count { $0 >= 0 } }
    let sum = pass.sum(
      pass.crossEntropy(rows, labels: target.reshaped([target.shape.count])))
    return pass.scale(sum, by: 1 / Float(max(1, known)))
  }

  private static func squares(_ found: Variable, _ target: Tensor, _ pass: Pass) -> Variable {
    let difference = pass.add(found, pass.scale(Variable(target), by: -1))
    return pass.scale(
      pass.sum(pass.multiply(difference, difference)), by: 1 / Float(target.shape.count))
  }
}
