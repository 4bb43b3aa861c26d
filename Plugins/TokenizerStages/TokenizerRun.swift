import Autograd
import Kernels
import ModelFiles
import PictureSets
import Recipes
import StageSDK
import TensorCore
import Tokenizers
import Training

/// Trains one tokenizer in a folder of its own, from where an earlier attempt left it.
struct TokenizerRun {
  let parameters: TrainParameters
  let configuration: TokenizerConfiguration
  let vector: VectorQuantizerSettings
  let data: TrainingData
  let seed: UInt64
  /// Where checkpoints are.
  let folder: String
  let checkpointEvery: Int
  let keep: Int

  /// Takes all steps.
  ///
  /// - Parameters:
  ///   - observer: Follows the run.
  ///   - workers: Who computes.
  ///   - validation: How the learner is measured on the way; nil for not at all.
  ///   - after: Called when so many steps are taken.
  /// - Returns: The learner at its end.
  /// - Throws: ``StageError``.
  func train(
    _ observer: any TrainingObserver, _ workers: any Workers,
    validation: (TokenizerLearner) -> ValidationPlan? = { _ in nil },
    after: (TokenizerLearner, Int) throws -> Void = { _, _ in }
  ) throws -> TokenizerLearner {
    let learner = try learner()
    let loop = TrainingLoop(
      TrainingLoop.Settings(
        steps: parameters.steps, reportEvery: parameters.report, checkpointEvery: checkpointEvery,
        keep: keep), folder: CheckpointFolder(path: folder), workers: workers)
    do {
      try loop.run(learner, observer: observer, validation: validation(learner)) {
        try after(learner, $0)
      }
    } catch is TrainingCancelled {
      throw StageError(.cancelled, "training was stopped; it goes on from its last checkpoint")
    } catch let error as NotANumberError {
      throw StageError(.config, error.description)
    }
    return learner
  }

  private func learner() throws -> TokenizerLearner {
    let tokenizer: Tokenizer
    do {
      tokenizer = try Tokenizer(configuration, start: .random(seed: seed))
    } catch {
      throw StageError(.config, error.description)
    }
    try begin(tokenizer)
    try parameters.optimization.applyFactors(to: tokenizer.parameters)
    let (seed, parts, pictures) = (seed, parameters.parts, data.pictures)
    let order = DataOrder(itemCount: pictures.count, batch: parameters.batch, seed: seed)
    let cut = PictureBatch(
      side: parameters.size,
      crop: .random(mirrors: parameters.mirror, shufflesChannels: parameters.shuffleChannels))
    let each = parameters.batch / parts
    return TokenizerLearner(
      tokenizer,
      TokenizerLearner.Settings(
        loss: TokenizerLoss(
          absolute: Float(parameters.absolute), squared: Float(parameters.squared)),
        vector: vector, precision: parameters.precision == "bf16" ? .bf16 : .f32,
        usesWinograd: parameters.winograd,
        averageDecay: parameters.average, parts: parts, seed: seed),
      optimizer: parameters.optimization.makeOptimizer(
        peak: parameters.rate, b2: 0.99, decay: parameters.decay, clip: parameters.clip),
      rate: parameters.optimization.rate(
        peak: parameters.rate, warmup: parameters.warmup, total: parameters.steps),
      features: try parameters.losses.featureLoss(),
      adversary: parameters.losses.adversary(seed: seed, steps: parameters.steps)
    ) { step, part in
      let items = order.items(ofStep: step)[(part * each)..<((part + 1) * each)]
      var random = CounterRandom(
        seed: seed, stream: 1 << 63 | UInt64(step) << 10 | UInt64(part))
      return cut.images(Array(items), of: pictures, random: &random)
    }
  }

  /// Gives a tokenizer the weights that training is to begin with.
  private func begin(_ tokenizer: Tokenizer) throws {
    guard let path = parameters.start else { return }
    do {
      try ModelLoader.load(
        ParameterSet(tokenizer.parameters), from: try ModelDirectory(path).checkpoint())
    } catch {
      throw StageError(
        .config, "training can't begin with the model '\(path)': \(error)", parameter: "start")
    }
  }
}
