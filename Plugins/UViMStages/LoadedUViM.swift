import Autograd
import Checkpoints
import Kernels
import ModelFiles
import StageSDK
import TensorCore
import UViM

/// A model from its folder, ready to run.
final class LoadedUViM {
  let model: UViMModel
  let workers: any Workers
  let precision: Precision
  private var decoder: CodeDecoder?
  private var quantizer: (any CodeQuantizer)?

  var configuration: UViMConfiguration { model.configuration }
  /// Without a tape: nothing is remembered.
  var pass: Pass { Pass(workers: workers, precision: precision) }

  /// Which part a stage uses; the other is not loaded.
  enum Part {
    case stageOne, stageTwo, both
  }

  /// Opens the model that a stage's slot names.
  ///
  /// - Parameters:
  ///   - context: Names the folder and lends threads.
  ///   - slot: Of the stage.
  ///   - part: What is needed.
  ///   - precision: "f32", "bf16", or "auto": bf16 for models that are large.
  ///   - task: What the model must be for; nil for any.
  /// - Throws: ``StageError`` that says what is wrong with it.
  init(
    _ context: StageContext, slot: String = "model", part: Part, precision: String,
    task: UViMTask? = nil
  ) throws {
    guard let path = context.modelPath(slot) else {
      throw StageError(
        .config, "this stage needs a model: give it 'model: NAME' or 'model: { path: … }'")
    }
    let directory = ModelDirectory(path)
    do {
      var configuration = try directory.configuration(
        UViMConfiguration.self, kinds: [UViMConfiguration.kind])
      try configuration.check()
      if let task, configuration.task != task {
        throw StageError(
          .config, "it is for the task '\(configuration.task)', this stage wants '\(task)'")
      }
      if part == .stageTwo { configuration.stageOne = nil }
      if part == .stageOne { configuration.stageTwo = nil }
      if part != .stageTwo && configuration.stageOne == nil {
        throw StageError(.config, "it has no base model, stage I, which this stage needs")
      }
      if part != .stageOne && configuration.stageTwo == nil {
        throw StageError(.config, "it has no language model, stage II, which this stage needs")
      }
      model = UViMModel(configuration, start: .unset)
      let count = Self.load(model)
      self.precision =
        Precision(rawValue: precision) ?? (count > 20_000_000 ? .bf16 : .f32)
      try Self.fill(
        model, from: try directory.checkpoint(),
        storage: self.precision == .bf16 ? .mapped : .floats)
    } catch {
      throw StageError(.config, "can't use the model '\(path)': \(error)")
    }
    workers = ThreadTeam(threadCount: context.threadBudget)
  }

  private static func load(_ model: UViMModel) -> Int {
    let parameters = (model.stageOne?.parameters ?? []) + (model.stageTwo?.parameters ?? [])
    return parameters.map(\.value.shape.count).reduce(0, +)
  }

  /// Gives all parameters their values.
  static func fill(
    _ model: UViMModel, from checkpoint: Checkpoint, storage: WeightStorage
  ) throws {
    if let stage = model.stageOne {
      try ModelLoader.load(
        ParameterSet(stage.parameters), from: checkpoint,
        naming: .prefixed("stage1/") {
          !$0.hasPrefix("stage1/") || $0.hasPrefix("stage1/state/")
        }, storage: storage)
      try ModelLoader.load(
        ParameterSet(model.codebook), from: checkpoint,
        naming: .prefixed("stage1/") { !$0.hasPrefix("stage1/state/") })
    }
    if let stage = model.stageTwo {
      try ModelLoader.load(
        ParameterSet(stage.parameters), from: checkpoint,
        naming: .prefixed("stage2/") { !$0.hasPrefix("stage2/") }, storage: storage)
    }
  }

  /// Gives a model the base model of another.
  static func copy(_ source: UViMModel, to target: UViMModel) throws {
    let known = Dictionary(
      uniqueKeysWithValues: ((source.stageOne?.parameters ?? []) + source.codebook).map {
        ($0.name, $0.value)
      })
    for parameter in (target.stageOne?.parameters ?? []) + target.codebook {
      guard let value = known[parameter.name], value.shape == parameter.value.shape else {
        throw StageError(.internal, "the base model has no '\(parameter.name)'")
      }
      parameter.value = value
    }
  }

  /// The base model with what quantizes its bottleneck.
  func stageOne() throws -> (stage: StageOne, quantizer: any CodeQuantizer) {
    guard let stage = model.stageOne else {
      throw StageError(.internal, "the base model was not loaded")
    }
    if let quantizer { return (stage, quantizer) }
    guard let made = try model.quantizer() else {
      throw StageError(.internal, "the base model was not loaded")
    }
    quantizer = made
    return (stage, made)
  }

  /// What the language model's decoder sees of pictures.
  ///
  /// - Parameter images: (batch, side, side, 3), -1...1.
  /// - Returns: (batch, tokens, width).
  /// - Throws: ``StageError``, and ``UViMError`` when pictures don't fit.
  func memory(of images: Tensor) throws -> Tensor {
    guard let stage = model.stageTwo else {
      throw StageError(.internal, "the language model was not loaded")
    }
    return try stage.memory(of: images, pass).value
  }

  /// The guiding codes of pictures, (batch, codes), each in 0..<size but where the start token was predicted: -1.
  ///
  /// - Parameters:
  ///   - memory: As ``memory(of:)`` gave.
  ///   - temperature: 0 for greedy decoding.
  ///   - seeds: One for each picture.
  ///   - method: How many tokens a step computes.
  ///   - context: Asked whether the job is being cancelled.
  /// - Returns: The codes, and how many steps they took.
  /// - Throws: ``StageError`` when the job is being cancelled.
  func codes(
    memory: Tensor, temperature: Double, seeds: [UInt64], method: CodeDecoder.Method,
    context: StageContext
  ) throws -> CodeDecoder.Prediction {
    guard let stage = model.stageTwo else {
      throw StageError(.internal, "the language model was not loaded")
    }
    let decoder =
      self.decoder
      ?? CodeDecoder(
        DecoderWeights(stage, precision: precision, workers: workers), workers: workers)
    self.decoder = decoder
    let choice: TokenChoice =
      temperature > 0 ? .sampled(temperature: Float(temperature), seeds: seeds) : .greedy
    let prediction = decoder.decode(
      memory: memory, choice: choice, method: method,
      isCancelled: { context.isCancelled })
    guard !context.isCancelled else { throw StageError(.cancelled, "decoding was stopped") }
    return prediction
  }

  /// What the base model makes of codes and pictures: logits by label.
  func logits(codes: Tensor, images: Tensor) throws -> [String: Tensor] {
    let (stage, quantizer) = try stageOne()
    for (place, code) in codes.integers.enumerated()
    where !(-1..<quantizer.size).contains(Int(code)) {
      throw UViMError.code(Int(code), place: place, size: quantizer.size)
    }
    let known = Tensor(codes.shape, integers: codes.integers.map { max(0, $0) })
    let kept = codes.integers.map { $0 >= 0 }
    return try stage.decode(
      Variable(quantizer.vectors(of: known)), kept: kept.allSatisfy(\.self) ? nil : kept,
      image: images, pass
    ).mapValues(\.value)
  }
}

/// Parameters that several of the stages take.
enum UViMParameters {
  static let precision = ParameterSpec.choice(
    "precision", ["auto", "f32", "bf16"], default: "auto",
    "Of products: bf16 halves memory and time, f32 is exact; auto takes bf16 for models of more than 20 million parameters."
  )
  static let depthEstimate = ParameterSpec.choice(
    "depth_estimate", ["mean", "likeliest"], default: "mean",
    "Of depth: the mean of all bins, each by its probability, or the middle of the likeliest one, as the authors' code has it."
  )
  static let decoding: [ParameterSpec] = [
    .number(
      "temperature", default: 0, range: 0...100,
      "Codes are drawn from the model's distribution at this temperature; 0 takes the likeliest."),
    .integer(
      "lookahead", default: 0, range: 0...64,
      "Codes that are computed at once where guesses come true; 0 finds out, 1 goes one by one. Results don't change."
    ),
  ]

  /// How many tokens a step computes.
  static func method(_ lookahead: Int) -> CodeDecoder.Method {
    switch lookahead {
    case 0: .automatic
    case 1: .sequential
    default: .lookahead(window: lookahead)
    }
  }
}
