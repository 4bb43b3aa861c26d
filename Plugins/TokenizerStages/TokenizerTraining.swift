import Autograd
import FoundationEssentials
import Kernels
import ModelFiles
import PictureSets
import StageSDK
import TensorCore
import Tokenizers
import Training

/// A run of training, from the items of a job to a published model.
final class TokenizerTraining {
  private let parameters: TrainParameters
  private let configuration: TokenizerConfiguration
  private let vector: VectorQuantizerSettings
  private let context: StageContext

  init(
    parameters: TrainParameters, configuration: TokenizerConfiguration,
    vector: VectorQuantizerSettings, context: StageContext
  ) {
    self.parameters = parameters
    self.configuration = configuration
    self.vector = vector
    self.context = context
  }

  func run() throws {
    let set = try TrainingPictures.read(context, size: parameters.size)
    guard set.count >= parameters.batch else {
      throw StageError(
        .config,
        "there are \(set.count) pictures, fewer than 'batch' \(parameters.batch); give more, or lower it",
        parameter: "batch")
    }
    let workers = ThreadTeam(threadCount: context.threadBudget)
    let tokenizer = try make()
    let learner = learner(tokenizer, set)
    let validation = try validation(set)
    let previews = Previews(folder: context.stateDirectory, size: parameters.size)
    let every = max(parameters.report, parameters.steps / 20)
    let loop = TrainingLoop(
      TrainingLoop.Settings(
        steps: parameters.steps, reportEvery: parameters.report,
        checkpointEvery: context.checkpointInterval ?? 500, keep: context.checkpointsToKeep ?? 2),
      folder: CheckpointFolder(path: context.stateDirectory), workers: workers)
    do {
      try loop.run(learner, observer: HostObserver(context)) { done in
        guard done.isMultiple(of: every) || done == parameters.steps else { return }
        try learner.withAverages {
          let scores = try validation.measure(tokenizer, workers)
          try context.report(step: done, metrics: scores.metrics)
          try previews.write(validation.samples, tokenizer, step: done, workers)
        }
      }
    } catch is TrainingCancelled {
      throw StageError(.cancelled, "training was stopped; it goes on from its last checkpoint")
    } catch let error as NotANumberError {
      throw StageError(.config, error.description)
    }
    try publish(learner, validation, workers)
    try previews.publish(context)
  }

  private func make() throws -> Tokenizer {
    do {
      return try Tokenizer(configuration, start: .random(seed: context.seed))
    } catch {
      throw StageError(.config, error.description)
    }
  }

  private func learner(_ tokenizer: Tokenizer, _ set: PictureSet) -> TokenizerLearner {
    let (seed, parts) = (context.seed, parameters.parts)
    let order = DataOrder(itemCount: set.count, batch: parameters.batch, seed: seed)
    let cut = PictureBatch(side: parameters.size, crop: .random(mirrors: parameters.mirror))
    let each = parameters.batch / parts
    return TokenizerLearner(
      tokenizer,
      TokenizerLearner.Settings(
        loss: TokenizerLoss(
          absolute: Float(parameters.absolute), squared: Float(parameters.squared)),
        vector: vector, precision: parameters.precision == "bf16" ? .bf16 : .f32,
        averageDecay: parameters.average, parts: parts, seed: seed),
      optimizer: AdamW(
        AdamW.Settings(
          b1: 0.9, b2: 0.99, decay: Float(parameters.decay),
          clip: parameters.clip > 0 ? parameters.clip : nil)),
      rate: LearningRate(
        peak: parameters.rate, warmup: parameters.warmup, total: parameters.steps)
    ) { step, part in
      let items = order.items(ofStep: step)[(part * each)..<((part + 1) * each)]
      var random = CounterRandom(
        seed: seed, stream: 1 << 63 | UInt64(step) << 10 | UInt64(part))
      return cut.images(Array(items), of: set, random: &random)
    }
  }

  private func validation(_ set: PictureSet) throws -> Validation {
    guard let path = parameters.validation else {
      return Validation(set, count: 256, size: parameters.size)
    }
    do {
      let read = try PackedPictures.read(path)
      try TrainingPictures.check(read, size: parameters.size, path: path)
      return Validation(read, count: 2048, size: parameters.size)
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(.config, "\(error)", parameter: "validation")
    }
  }

  /// Writes the model as it will be used, with averaged and rounded weights, and what it comes to.
  private func publish(
    _ learner: TokenizerLearner, _ validation: Validation, _ workers: any Workers
  ) throws {
    guard let path = context.modelDirectory else { return }
    let directory = ModelDirectory(path)
    let tokenizer = learner.tokenizer
    let set = ParameterSet(tokenizer.parameters)
    try learner.withAverages {
      try directory.write(
        kind: configuration.kind, configuration: configuration, parameters: set,
        weights: WeightType(rawValue: parameters.weights) ?? .bf16)
    }
    try ModelLoader.load(set, from: try directory.checkpoint())
    let scores = try validation.measure(tokenizer, workers)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (try encoder.encode(scores.metrics) + Data("\n".utf8)).write(
      to: URL(filePath: "\(path)/metrics.json"))
    let card = TokenizerCard(
      configuration: configuration, parameters: parameters, vector: vector, scores: scores,
      weights: set.elementCount)
    try Data(card.text.utf8).write(to: URL(filePath: "\(path)/README.md"))
  }
}

/// Tells the host how training goes.
struct HostObserver: TrainingObserver {
  private let context: StageContext

  init(_ context: StageContext) { self.context = context }

  var isCancelled: Bool { context.isCancelled }

  func progress(_ done: Int, of total: Int) { context.progress(done, of: total, unit: "steps") }

  func report(step: Int, metrics: [String: Double]) {
    do {
      try context.report(step: step, metrics: metrics)
    } catch {
      context.log(.warning, "the metrics of step \(step) could not be noted: \(error)")
    }
    let loss = metrics["loss"].map { " loss \($0)" } ?? ""
    context.log(.info, "step \(step):\(loss)")
  }

  func note(_ message: String) { context.log(.info, message) }
}
