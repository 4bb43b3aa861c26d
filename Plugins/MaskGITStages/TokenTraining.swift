import Autograd
import FoundationEssentials
import Kernels
import MaskGIT
import ModelFiles
import Recipes
import StageSDK
import TensorCore
import Training

/// Training of a transformer on tokens, bidirectional or causal, as a spec says it.
struct TokenTraining {
  struct Parameters: Decodable {
    let codebook_size: Int
    let levels: [Int]
    let head: String
    let hidden: Int
    let heads: Int
    let layers: Int
    let mlp: Int
    let block: String
    let steps: Int
    let batch: Int
    let parts: Int
    let rate: Double
    let warmup: Int
    let decay: Double
    let sampling: String
    let label_smoothing: Double
    let label_dropout: Double
    let dropout: Double
    let average: Double
    let precision: String
    let weights: String
    let class_names: [String]
    let tokenizer: String?
    let report_every: Int
    let start: String?
    let held_back: Int
    let optimization: OptimizationRecipe
    let validation: ValidationRecipe

    private enum Keys: String, CodingKey {
      case codebook_size, levels, head, hidden, heads, layers, mlp, block, steps, batch, parts, rate
      case warmup, decay, sampling, label_smoothing, label_dropout, dropout, average, precision
      case weights, class_names, tokenizer, report_every, start, held_back
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      codebook_size = try values.decode(Int.self, forKey: .codebook_size)
      levels = try values.decode([Int].self, forKey: .levels)
      head = try values.decode(String.self, forKey: .head)
      hidden = try values.decode(Int.self, forKey: .hidden)
      heads = try values.decode(Int.self, forKey: .heads)
      layers = try values.decode(Int.self, forKey: .layers)
      mlp = try values.decode(Int.self, forKey: .mlp)
      block = try values.decode(String.self, forKey: .block)
      steps = try values.decode(Int.self, forKey: .steps)
      batch = try values.decode(Int.self, forKey: .batch)
      parts = try values.decode(Int.self, forKey: .parts)
      rate = try values.decode(Double.self, forKey: .rate)
      warmup = try values.decode(Int.self, forKey: .warmup)
      decay = try values.decode(Double.self, forKey: .decay)
      sampling = try values.decode(String.self, forKey: .sampling)
      label_smoothing = try values.decode(Double.self, forKey: .label_smoothing)
      label_dropout = try values.decode(Double.self, forKey: .label_dropout)
      dropout = try values.decode(Double.self, forKey: .dropout)
      average = try values.decode(Double.self, forKey: .average)
      precision = try values.decode(String.self, forKey: .precision)
      weights = try values.decode(String.self, forKey: .weights)
      class_names = try values.decode([String].self, forKey: .class_names)
      tokenizer = try values.decodeIfPresent(String.self, forKey: .tokenizer)
      report_every = try values.decode(Int.self, forKey: .report_every)
      start = try values.decodeIfPresent(String.self, forKey: .start)
      held_back = try values.decode(Int.self, forKey: .held_back)
      optimization = try OptimizationRecipe(from: decoder)
      validation = try ValidationRecipe(from: decoder)
    }

    /// Checks what can be without files.
    func check() throws {
      try optimization.check()
      guard !validation.decides || held_back > 0 else {
        throw StageError(
          .config,
          "'keep_best' and 'patience' go by images that are not learned from: give 'held_back', how many",
          parameter: "held_back")
      }
    }
  }

  static let specs: [ParameterSpec] =
    [
      .integer("codebook_size", default: nil, range: 2...1 << 24, "Codes of the tokenizer."),
      .integers(
        "levels", default: [], each: 2...65_536, count: 0...16,
        "Levels of the tokenizer's quantizer, channel 0 first; needed by head digits."),
      .choice(
        "head", MaskGITConfiguration.Head.allCases.map(\.rawValue), default: "codes",
        "Logits for each code, or for each digit of it: small heads for large codebooks."),
      .choice(
        "block", MaskGITConfiguration.Block.allCases.map(\.rawValue), default: "modern",
        "What a layer is: as published (bert), or RMS norm first, rotary, SwiGLU, class by modulation."
      ),
      .integer("hidden", default: 256, range: 16...16_384, "Width of a token."),
      .integer("heads", default: 8, range: 1...256, "Heads of attention."),
      .integer("layers", default: 6, range: 1...256, "Layers."),
      .integer("mlp", default: 512, range: 16...65_536, "Width between the products of a layer."),
      .integer("steps", default: nil, range: 1...100_000_000, "Steps of training in all."),
      .integer("batch", default: 128, range: 1...65_536, "Images of a step."),
      .integer(
        "parts", default: 1, range: 1...1024, "Parts that a batch is computed in, to save memory."),
      .number("rate", default: 0.001, range: 1e-9...10, "The highest learning rate."),
      .integer("warmup", default: 500, range: 0...10_000_000, "Steps until the rate is reached."),
      .number("decay", default: 0.045, range: 0...10, "Of weights, times the rate."),
      .choice(
        "sampling", ["natural", "balanced"], default: "natural",
        "Images as often as they are, or each class as often as any other."),
      .number(
        "label_smoothing", default: 0.1, range: 0...0.9,
        "Share of a token's label spread over all codes."),
      .number(
        "label_dropout", default: 0.1, range: 0...1,
        "Share of images whose class is hidden: for guidance."),
      .number("dropout", default: 0.1, range: 0...0.9, "Of values within the network."),
      .number(
        "average", default: 0.999, range: 0...0.999999,
        "Of the moving average of weights, which is what is published."),
      .choice("precision", Precision.allCases.map(\.rawValue), default: "bf16", "Of products."),
      .choice(
        "weights", WeightType.allCases.map(\.rawValue), default: "bf16", "What is published."),
      .strings(
        "class_names", default: [], count: 0...1 << 20,
        "Names of the classes in order; [] for none."),
      .optionalString("tokenizer", "The model whose codes these are: NAME or NAME@VERSION."),
      .integer("report_every", default: 50, range: 1...1_000_000, "Steps between reports."),
      .optionalPath(
        "start",
        "The folder of a model of the same shape whose weights training begins with, such as models/NAME/1; without it, random ones."
      ),
      .integer(
        "held_back", default: 0, range: 0...1_000_000,
        "Images at the end of the last file that are not learned from but measured on, on the way."),
    ] + OptimizationRecipe.specs + ValidationRecipe.specs

  private let parameters: Parameters
  private let context: StageContext
  private let kind: String

  init(_ parameters: Parameters, _ context: StageContext, kind: String) {
    self.parameters = parameters
    self.context = context
    self.kind = kind
  }

  /// How the loss of a batch is computed.
  typealias Objective = (
    MaskGITTransformer, [Canvas], inout CounterRandom, Pass
  ) throws -> TokenOutcome

  /// Trains to the end and writes the model.
  func run(_ adjust: (inout MaskGITConfiguration) -> Void, _ objective: @escaping Objective) throws
  {
    guard let target = context.modelDirectory else {
      throw StageError(
        .config, "give the stage 'output: { model: NAME }' to say what the model is called")
    }
    try parameters.check()
    let (set, heldBack) = try tokens().split(last: parameters.held_back)
    var configuration = try configuration(set)
    adjust(&configuration)
    for canvas in set.canvases + heldBack {
      if let fault = canvas.fault(configuration, mustBeComplete: true) {
        throw StageError(.config, "the tokens don't fit the model: \(fault.description)")
      }
    }
    let transformer = MaskGITTransformer(
      configuration, isCausal: kind == TransformerModel.autoregressive, seed: context.seed)
    context.log(
      .info,
      "\(transformer.parameterCount) parameters, \(set.canvases.count) images of \(configuration.tokens) tokens"
    )
    try begin(transformer)
    try parameters.optimization.applyFactors(to: transformer.parameters)
    let learner = learner(transformer, set, objective)
    let loop = TrainingLoop(
      .init(
        steps: parameters.steps, reportEvery: parameters.report_every,
        checkpointEvery: context.checkpointInterval ?? 500, keep: context.checkpointsToKeep ?? 2),
      folder: CheckpointFolder(path: context.stateDirectory), workers: HostWorkers(context))
    let observer = HostObserver(context)
    do {
      try loop.run(
        learner, observer: observer,
        validation: heldBack.isEmpty
          ? nil
          : parameters.validation.plan(steps: parameters.steps) {
            try measure(transformer, heldBack, learner, objective)
          })
    } catch let error as TrainingCancelled {
      throw StageError(.cancelled, error.description)
    } catch let error as NotANumberError {
      throw StageError(.config, error.description)
    }
    try observer.rethrow()
    try learner.withAverages {
      try ModelWriter.write(
        transformer, kind: kind, weights: WeightType(rawValue: parameters.weights) ?? .bf16,
        to: target)
    }
  }

  /// Gives a network the weights that training is to begin with.
  private func begin(_ transformer: MaskGITTransformer) throws {
    guard let path = parameters.start else { return }
    do {
      try ModelLoader.load(
        ParameterSet(transformer.parameters), from: try ModelDirectory(path).checkpoint())
    } catch {
      throw StageError(
        .config, "training can't begin with the model '\(path)': \(error)", parameter: "start")
    }
  }

  /// The mean loss of images that are kept back, masked alike each time.
  private func measure(
    _ transformer: MaskGITTransformer, _ images: [Canvas], _ learner: GradientLearner,
    _ objective: Objective
  ) throws -> ValidationPlan.Result {
    try learner.withAverages {
      let pass = Pass(workers: HostWorkers(context))
      var (loss, accuracy) = (0.0, 0.0)
      for start in stride(from: 0, to: images.count, by: 64) {
        let batch = Array(images[start..<min(images.count, start + 64)])
        var random = CounterRandom(seed: ~context.seed, stream: UInt64(start))
        let outcome = try objective(transformer, batch, &random, pass)
        let share = Double(batch.count) / Double(images.count)
        loss += share * Double(outcome.loss.value.floats[0])
        accuracy += share * (outcome.metrics["accuracy"] ?? 0)
      }
      return ValidationPlan.Result(
        loss: loss, metrics: ["validation_loss": loss, "validation_accuracy": accuracy])
    }
  }

  /// The images of all of the job's files.
  private func tokens() throws -> TokenSet {
    let paths = try context.items.compactMap(\.path)
    guard !paths.isEmpty else {
      throw StageError(
        .config, "the job has no input: give it a .safetensors file of tokens, as tokens.pack makes"
      )
    }
    do {
      let sets = try paths.map { try TokenSet(path: $0) }
      guard Set(sets.map(\.grid)).count == 1 else {
        throw StageError(
          .config, "the job's files hold tokens of different grids: \(sets.map(\.grid))")
      }
      return TokenSet(grid: sets[0].grid, canvases: sets.flatMap(\.canvases))
    } catch let error as StageError {
      throw error
    } catch { throw StageError(.config, "\(error)") }
  }

  private func configuration(_ set: TokenSet) throws -> MaskGITConfiguration {
    let most = (set.canvases.map(\.label).max() ?? -1) + 1
    do {
      var configuration = try MaskGITConfiguration(
        codebookSize: parameters.codebook_size,
        classCount: max(most, parameters.class_names.count),
        tokens: set.grid[0] * set.grid[1], hidden: parameters.hidden, heads: parameters.heads,
        layers: parameters.layers, mlp: parameters.mlp,
        block: MaskGITConfiguration.Block(rawValue: parameters.block) ?? .modern,
        head: MaskGITConfiguration.Head(rawValue: parameters.head) ?? .codes,
        levels: parameters.head == "digits" ? parameters.levels : [], grid: set.grid)
      configuration.classNames = parameters.class_names
      configuration.tokenizer = parameters.tokenizer
      try configuration.check()
      return configuration
    } catch { throw StageError(.config, "\(error)") }
  }

  private func learner(
    _ transformer: MaskGITTransformer, _ set: TokenSet, _ objective: @escaping Objective
  ) -> GradientLearner {
    let batch = min(parameters.batch, set.canvases.count)
    let parts = max(1, min(parameters.parts, batch))
    let order = DataOrder(itemCount: set.canvases.count, batch: batch, seed: context.seed)
    let byClass = parameters.sampling == "balanced" ? set.byClass : []
    return GradientLearner(
      transformer.parameters,
      optimizer: parameters.optimization.makeOptimizer(
        peak: parameters.rate, b2: 0.96, decay: parameters.decay, clip: 1),
      rate: parameters.optimization.rate(
        peak: parameters.rate, warmup: parameters.warmup, total: parameters.steps),
      precision: Precision(rawValue: parameters.precision) ?? .bf16,
      averageDecay: parameters.average, parts: parts
    ) { step, part, pass in
      var items = order.items(ofStep: step)
      var random = order.random(ofStep: step)
      if !byClass.isEmpty {
        items = items.map { _ in
          let own = byClass[Int.random(in: byClass.indices, using: &random)]
          return own[Int.random(in: own.indices, using: &random)]
        }
      }
      let share = items[(part * items.count / parts)..<((part + 1) * items.count / parts)]
      var own = CounterRandom(seed: random.next(), stream: UInt64(part))
      let outcome = try objective(transformer, share.map { set.canvases[$0] }, &own, pass)
      return .init(loss: outcome.loss, metrics: outcome.metrics)
    }
  }
}

extension GradientLearner {
  /// Calls `body` while the network has the average of its weights.
  func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let average else { return try body() }
    return try average.withAverages(of: parameters, body)
  }
}
