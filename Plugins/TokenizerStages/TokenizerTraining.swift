import Autograd
import Convolutions
import FoundationEssentials
import Kernels
import ModelFiles
import PictureSets
import Recipes
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
    let data = try TrainingData(context, parameters)
    let workers = OpenMPTeam(threadCount: context.threadBudget)
    let previews = Previews(folder: context.stateDirectory, size: parameters.size)
    let every =
      parameters.validating.every > 0
      ? parameters.validating.every : max(parameters.report, parameters.steps / 20)
    let run = TokenizerRun(
      parameters: parameters, configuration: configuration, vector: vector, data: data,
      seed: context.seed, folder: context.stateDirectory,
      checkpointEvery: context.checkpointInterval ?? 500, keep: context.checkpointsToKeep ?? 2)
    let learner = try run.train(
      HostObserver(context), workers,
      validation: { learner in
        ValidationPlan(
          every: every,
          patience: parameters.validating.patience > 0 ? parameters.validating.patience : nil,
          keepsBest: parameters.validating.keepsBest
        ) { try Self.measure(learner, data.validation, workers) }
      },
      after: { learner, done in
        try reportEpoch(learner, done, pictures: data.pictures.count)
        guard done.isMultiple(of: every) || done == parameters.steps else { return }
        try learner.withAverages {
          try previews.write(data.validation.samples, learner.tokenizer, step: done, workers)
        }
      })
    try publish(learner, data.validation, workers)
    try previews.publish(context)
  }

  private static func measure(
    _ learner: TokenizerLearner, _ validation: Validation, _ workers: any Workers
  ) throws -> ValidationPlan.Result {
    try learner.withAverages {
      let metrics = try validation.measure(learner.tokenizer, workers).metrics
      return ValidationPlan.Result(
        loss: metrics["validation_mse"] ?? .infinity, metrics: metrics)
    }
  }

  /// How the codebook was used, each time that all pictures were seen.
  private func reportEpoch(_ learner: TokenizerLearner, _ done: Int, pictures: Int) throws {
    let epoch = done * parameters.batch / pictures
    guard epoch > (done - 1) * parameters.batch / pictures, let usage = learner.takeUsage() else {
      return
    }
    try context.report(
      step: done,
      metrics: [
        "epoch": Double(epoch), "epoch_codebook_usage": usage.usage,
        "epoch_entropy": usage.entropy, "epoch_perplexity": usage.perplexity,
      ])
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
        weights: parameters.weights.flatMap(WeightType.init) ?? .bf16)
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
