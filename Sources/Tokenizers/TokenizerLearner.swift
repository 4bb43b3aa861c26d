import Autograd
import FSQ
package import Kernels
package import TensorCore
package import Training

/// Trains a tokenizer to reconstruct pictures.
package final class TokenizerLearner: Learner {
  /// What stays the same over a run.
  package struct Settings: Hashable, Sendable {
    /// What reconstructions are held to.
    package var loss: TokenizerLoss
    /// The machinery of a vector quantizer; without effect on others.
    package var vector: VectorQuantizerSettings
    /// Of products.
    package var precision: Precision
    /// Of convolutions in f32.
    package var usesWinograd: Bool
    /// Of the moving average of weights, which is what is published.
    package var averageDecay: Double
    /// Parts that a batch is computed in.
    package var parts: Int
    /// Of random numbers.
    package var seed: UInt64

    /// Takes settings.
    package init(
      loss: TokenizerLoss = TokenizerLoss(),
      vector: VectorQuantizerSettings = VectorQuantizerSettings(), precision: Precision = .f32,
      usesWinograd: Bool = true,
      averageDecay: Double = 0.999, parts: Int = 1, seed: UInt64 = 0
    ) {
      self.loss = loss
      self.vector = vector
      self.precision = precision
      self.usesWinograd = usesWinograd
      self.averageDecay = averageDecay
      self.parts = parts
      self.seed = seed
    }
  }

  /// What is trained.
  package let tokenizer: Tokenizer
  private let learner: GradientLearner
  private let upkeep: CodebookUpkeep?
  private let adversary: Adversary?
  private let notes: StepNotes

  /// Sets a learner up.
  ///
  /// - Parameters:
  ///   - tokenizer: What is trained.
  ///   - settings: How.
  ///   - optimizer: Changes the weights.
  ///   - rate: How fast.
  ///   - features: A further term of the loss; nil for none.
  ///   - adversary: Judges reconstructions; nil for none.
  ///   - images: The pictures of a part of a step, (N, H, W, 3) of 0...1; nothing but the numbers decides which.
  package init(
    _ tokenizer: Tokenizer, _ settings: Settings, optimizer: any Optimizer, rate: LearningRate,
    features: FeatureLoss? = nil, adversary: Adversary? = nil,
    images: @escaping (_ step: Int, _ part: Int) throws -> Tensor
  ) {
    self.tokenizer = tokenizer
    self.adversary = adversary
    let notes = StepNotes(codebookSize: tokenizer.configuration.codebookSize)
    self.notes = notes
    var upkeep: CodebookUpkeep?
    if case .vector(let quantizer) = tokenizer.bottleneck {
      upkeep = CodebookUpkeep(quantizer, settings.vector)
    }
    self.upkeep = upkeep
    learner = GradientLearner(
      tokenizer.parameters, optimizer: optimizer, rate: rate, precision: settings.precision,
      usesWinograd: settings.usesWinograd,
      averageDecay: settings.averageDecay, parts: settings.parts,
      after: { [upkeep] step, workers in
        try adversary?.update(step: step, workers: workers)
        var random = CounterRandom(seed: settings.seed, stream: 1 << 62 | UInt64(step))
        if let (latents, indices) = notes.take() {
          upkeep?.update(latents, indices, random: &random)
        }
      }
    ) { step, part, pass in
      let wanted = try images(step, part)
      let latents = try tokenizer.latents(Variable(wanted), pass)
      guard latents.value.withFloats({ NonFiniteValues(in: $0) }) == nil else {
        throw NotANumberError(what: "the encoder's output", step: step)
      }
      var codes = latents
      var extra: Variable?
      switch tokenizer.bottleneck {
      case .scalar(let bottleneck):
        let quantized = bottleneck(latents, pass)
        codes = quantized.codes
        notes.count(quantized.indices)
      case .vector(let quantizer):
        let quantized = quantizer.quantize(latents, settings.vector, pass)
        (codes, extra) = (quantized.codes, quantized.loss)
        let width = latents.shape.columns
        notes.count(quantized.indices)
        notes.add(
          latents.value.reshaped([latents.shape.rows, width]),
          quantized.indices.reshaped([latents.shape.rows]))
      case .none: break
      }
      let pictures = try tokenizer.pictures(codes, pass)
      var (loss, meanSquared) = settings.loss(pictures, wanted, pass)
      var metrics = ["mean_squared_error": meanSquared]
      func add(_ term: Variable, as name: String) {
        metrics[name] = Double(term.value.floats[0])
        loss = pass.add(loss, term)
      }
      if let extra { add(extra, as: "quantizer_loss") }
      if let features {
        let distance = try features.distance(pictures, wanted, pass)
        add(pass.scale(distance, by: features.weight), as: "perceptual_loss")
      }
      if let term = try adversary?.loss(of: pictures, besides: wanted, step: step, pass) {
        add(term, as: "adversarial_loss")
      }
      return GradientLearner.Outcome(loss: loss, metrics: metrics)
    }
  }

  package func step(_ number: Int, workers: any Workers) throws -> [String: Double] {
    try learner.step(number, workers: workers)
      .merging(adversary?.metrics ?? [:]) { $1 }
  }

  /// How the pictures learned from used the codebook since this was last asked; nil without a quantizer.
  ///
  /// A run that goes on from a checkpoint counts from there.
  package func takeUsage() -> CodebookUsage? { notes.takeUsage() }

  package var state: [String: Tensor] {
    var state = learner.state
    if let upkeep { StateNames.add(upkeep.state, as: "codebook", to: &state) }
    if let adversary { StateNames.add(adversary.state, as: "discriminator", to: &state) }
    return state
  }

  package func restore(_ state: [String: Tensor], steps: Int) throws {
    try learner.restore(state, steps: steps)
    upkeep?.restore(StateNames.part("codebook", of: state))
    try adversary?.restore(StateNames.part("discriminator", of: state), steps: steps)
  }

  /// Calls `body` while the tokenizer has the averages of its weights: what is published and shown.
  package func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let average = learner.average else { return try body() }
    return try average.withAverages(of: tokenizer.parameters, body)
  }
}

/// Latents and their vectors of the parts of a step, until the step is done; and which tokens occurred.
private final class StepNotes {
  private let codebookSize: Int?
  private var latents: [Tensor] = []
  private var indices: [Tensor] = []
  private var usage: CodebookUsage?

  init(codebookSize: Int?) {
    self.codebookSize = codebookSize
    usage = codebookSize.map { CodebookUsage(codebookSize: $0) }
  }

  func count(_ indices: Tensor) { usage?.add(indices) }

  func takeUsage() -> CodebookUsage? {
    defer { usage = codebookSize.map { CodebookUsage(codebookSize: $0) } }
    return usage
  }

  func add(_ latents: Tensor, _ indices: Tensor) {
    self.latents.append(latents)
    self.indices.append(indices)
  }

  func take() -> (Tensor, Tensor)? {
    defer { (latents, indices) = ([], []) }
    guard let width = latents.first?.shape.columns else { return nil }
    let numbers = indices.flatMap(\.integers)
    return (
      Tensor([numbers.count, width], latents.flatMap(\.floats)),
      Tensor([numbers.count], integers: numbers)
    )
  }
}
