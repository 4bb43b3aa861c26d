import Autograd
import Kernels
import StageSDK
import TensorCore
import Training
import UViM

/// Measures a base model on examples that are kept back, with all of their codes.
struct BaseValidation {
  private let model: UViMModel
  private let set: ExampleSet
  private let average: ExponentialMovingAverage?
  private let workers: any Workers

  init(
    _ model: UViMModel, _ set: ExampleSet, average: ExponentialMovingAverage?,
    workers: any Workers
  ) {
    self.model = model
    self.set = set
    self.average = average
    self.workers = workers
  }

  /// The mean loss of an example, and how codes are used.
  func measure() throws -> ValidationPlan.Result {
    guard let stage = model.stageOne, let quantizer = try model.quantizer() else {
      throw StageError(.internal, "there is no base model to measure")
    }
    return try HeldBack.withAverages(average, of: stage.parameters) {
      let pass = Pass(workers: workers)
      var (loss, saturation) = (0.0, 0.0)
      var usage = CodebookUsage(codebookSize: quantizer.size)
      for items in set.heldBackBatches {
        let batch = set.batch(items)
        let latents = quantizer.prepare(
          try stage.latents(labels: batch.labels, image: batch.image, pass), pass)
        let codes = quantizer.codes(of: latents.value, pass)
        usage.add(codes)
        let logits = try stage.decode(
          Variable(quantizer.vectors(of: codes)), image: batch.image, pass)
        let share = Double(items.count) / Double(set.heldBack)
        for (_, part) in try StageOneLoss.losses(logits, batch.targets, pass)
          .sorted(by: { $0.key < $1.key })
        {
          loss += share * Double(part.value.floats[0])
        }
        saturation += share * (quantizer.saturation(of: latents.value) ?? 0)
      }
      return ValidationPlan.Result(
        loss: loss,
        metrics: [
          "validation_loss": loss, "validation_saturation": saturation,
          "validation_code_usage": usage.usage, "validation_code_entropy": usage.entropy,
          "validation_code_perplexity": usage.perplexity,
        ])
    }
  }
}

/// Measures a language model on examples that are kept back.
struct LanguageValidation {
  private let stage: StageTwo
  private let set: ExampleSet
  private let codes: ExampleCodes
  private let average: ExponentialMovingAverage?
  private let workers: any Workers

  init(
    _ stage: StageTwo, _ set: ExampleSet, _ codes: ExampleCodes,
    average: ExponentialMovingAverage?, workers: any Workers
  ) {
    self.stage = stage
    self.set = set
    self.codes = codes
    self.average = average
    self.workers = workers
  }

  /// The mean cross-entropy of a code, and the share of codes that were likeliest.
  func measure() throws -> ValidationPlan.Result {
    try HeldBack.withAverages(average, of: stage.parameters) {
      let pass = Pass(workers: workers)
      var (loss, accuracy) = (0.0, 0.0)
      for items in set.heldBackBatches {
        let outcome = try StageTwoLoss.loss(
          stage, image: set.images(items), codes: codes[items], smoothing: 0, pass)
        let share = Double(items.count) / Double(set.heldBack)
        loss += share * Double(outcome.loss.value.floats[0])
        accuracy += share * (outcome.metrics["accuracy"] ?? 0)
      }
      return ValidationPlan.Result(
        loss: loss, metrics: ["validation_loss": loss, "validation_accuracy": accuracy])
    }
  }
}

private enum HeldBack {
  /// Calls `body` while parameters have the averages that would be published.
  static func withAverages<Result>(
    _ average: ExponentialMovingAverage?, of parameters: [Parameter], _ body: () throws -> Result
  ) rethrows -> Result {
    guard let average else { return try body() }
    return try average.withAverages(of: parameters, body)
  }
}
