import Autograd
import Checkpoints
import Glibc
import Kernels
import ModelFiles
import Recipes
import StageSDK
import TensorCore
import Training
import UViM

/// Trains the parts of a model one after the other, each with checkpoints of its own.
struct ModelTraining {
  let parameters: TrainParameters
  let context: StageContext
  /// Steps of all phases.
  let total: Int
  let workers: ThreadTeam

  init(_ parameters: TrainParameters, _ context: StageContext, total: Int) {
    self.parameters = parameters
    self.context = context
    self.total = total
    workers = ThreadTeam(threadCount: context.threadBudget)
  }

  /// Trains a base model from the start, or on from the last checkpoint.
  func baseModel(_ set: ExampleSet, _ configuration: UViMConfiguration) throws -> UViMModel {
    let model = UViMModel(configuration, start: .random(seed: context.seed))
    if let stage = model.stageOne {
      try begin(stage.parameters + model.codebook, "stage1/")
      try parameters.optimization.applyFactors(to: stage.parameters, prefix: "stage1/")
    }
    let order = DataOrder(itemCount: set.count, batch: parameters.batch, seed: context.seed)
    let dropout = CodeDropout.Replacement(rawValue: parameters.codeDropout).map { CodeDropout($0) }
    let learner = try StageOneLearner(
      model,
      StageOneLearner.Settings(
        optimizer: optimizer, rate: rate(parameters.steps), precision: precision,
        averageDecay: averageDecay, dropout: dropout,
        averages: CodebookAverages(leastCount: parameters.splitting ? 0.1 : 0),
        latentPenalty: Float(parameters.latentPenalty), parts: parameters.parts,
        seed: context.seed)
    ) { step, part in set.batch(share(part, of: order.items(ofStep: step))) }
    let validation = BaseValidation(model, set, average: learner.average, workers: workers)
    try run(
      learner, "base", steps: parameters.steps, before: 0,
      set.heldBack > 0
        ? parameters.validation.plan(steps: parameters.steps, measure: validation.measure) : nil)
    Self.adopt(learner.average, model.stageOne?.parameters ?? [])
    return model
  }

  /// Trains the language model that goes with a base model.
  ///
  /// - Parameters:
  ///   - set: What it learns from.
  ///   - base: Makes the codes of all examples.
  ///   - before: Steps of earlier phases.
  /// - Returns: A model with both.
  /// - Throws: ``StageError``, and what training throws.
  func languageModel(_ set: ExampleSet, on base: UViMModel, before: Int) throws -> UViMModel {
    guard let stageOne = base.stageOne, let quantizer = try base.quantizer() else {
      throw StageError(.internal, "a language model goes with a base model")
    }
    var configuration = base.configuration
    configuration.stageTwo = try parameters.languageConfiguration(stageOne.configuration)
    try configuration.check()
    let model = UViMModel(configuration, start: .random(seed: context.seed))
    try LoadedUViM.copy(base, to: model)
    let codes = try set.codes(stageOne, quantizer, workers, context)
    try context.report(step: before, metrics: codes.metrics)
    context.log(.info, codes.sentence)
    let order = DataOrder(itemCount: set.count, batch: parameters.batch, seed: ~context.seed)
    guard let stage = model.stageTwo else { throw StageError(.internal, "no language model") }
    try begin(stage.parameters, "stage2/")
    try parameters.optimization.applyFactors(to: stage.parameters, prefix: "stage2/")
    let smoothing = Float(parameters.smoothing)
    let learner = GradientLearner(
      stage.parameters, optimizer: optimizer, rate: rate(parameters.languageSteps),
      precision: precision, averageDecay: averageDecay, parts: parameters.parts
    ) { step, part, pass in
      let items = share(part, of: order.items(ofStep: step))
      return try StageTwoLoss.loss(
        stage, image: set.images(items), codes: codes[items], smoothing: smoothing, pass)
    }
    let validation = LanguageValidation(
      stage, set, codes, average: learner.average, workers: workers)
    try run(
      learner, "language", steps: parameters.languageSteps, before: before,
      set.heldBack > 0
        ? parameters.validation.plan(
          steps: parameters.languageSteps, measure: validation.measure) : nil)
    Self.adopt(learner.average, stage.parameters)
    return model
  }

  /// The items of a part of a step.
  private func share(_ part: Int, of items: [Int]) -> [Int] {
    let each = items.count / parameters.parts
    return Array(items[(part * each)..<((part + 1) * each)])
  }

  /// Gives a part of the model the weights that training is to begin with.
  private func begin(_ own: [Parameter], _ prefix: String) throws {
    guard let path = parameters.start else { return }
    do {
      let checkpoint = try ModelDirectory(path).checkpoint()
      guard checkpoint.entries.contains(where: { $0.name.hasPrefix(prefix) }) else { return }
      try ModelLoader.load(
        ParameterSet(own), from: checkpoint,
        naming: .prefixed(prefix) { !$0.hasPrefix(prefix) })
      context.log(.info, "the weights of \(prefix.dropLast()) begin as those of '\(path)'")
    } catch {
      throw StageError(
        .config, "training can't begin with the model '\(path)': \(error)", parameter: "start")
    }
  }

  private func run(
    _ learner: any Learner, _ phase: String, steps: Int, before: Int, _ validation: ValidationPlan?
  ) throws {
    let folder = "\(context.stateDirectory)/\(phase)"
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw StageError(
        .transient, "can't make the folder '\(folder)': \(String(cString: strerror(errno)))")
    }
    let observer = PhaseObserver(context, before: before, total: total)
    observer.note("training the \(phase) model")
    let loop = TrainingLoop(
      TrainingLoop.Settings(
        steps: steps, reportEvery: parameters.reportEvery,
        checkpointEvery: context.checkpointInterval ?? 1000,
        keep: context.checkpointsToKeep ?? 2),
      folder: CheckpointFolder(path: folder), workers: workers)
    try loop.run(learner, observer: observer, validation: validation)
    try observer.finish()
  }

  /// Writes the model's folder.
  func publish(_ model: UViMModel) throws {
    guard let target = context.modelDirectory else {
      throw StageError(
        .config, "give the job 'output: { model: NAME }' to say what the model is called")
    }
    try ModelDirectory(target).write(
      kind: UViMConfiguration.kind, configuration: model.configuration,
      parameters: ParameterSet(model.savedParameters),
      weights: WeightType(rawValue: parameters.weights) ?? .bf16)
    let stage = model.configuration.stageOne
    let count = model.savedParameters.map(\.value.shape.count).reduce(0, +)
    let data =
      parameters.data == "scenes" ? "scenes as scenes.render makes them" : "the job's pictures"
    let text = """
      # A UViM model for \(model.configuration.task)

      \(count) parameters; \(stage?.inputSize ?? 0) pixels across and down, \(stage?.codeLength ?? 0) codes of \
      \(stage?.dictionarySize ?? 0). Trained with seed \(context.seed) on \(data).

      \(parameters.card ?? "")

      """
    try Array(text.utf8).withUnsafeBytes { try OutputBytes.write($0, to: "\(target)/README.md") }
  }

  /// Calls `body`, whose errors become the stage's.
  static func wrapping(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as StageError {
      throw error
    } catch is TrainingCancelled {
      throw StageError(.cancelled, "training was stopped; it goes on from its last checkpoint")
    } catch { throw StageError(.config, "training failed: \(error)") }
  }

  private var optimizer: any Optimizer {
    parameters.optimization.makeOptimizer(
      peak: parameters.rate, b2: 0.99, decay: parameters.decay, clip: parameters.clip)
  }

  private var precision: Precision { Precision(rawValue: parameters.precision) ?? .f32 }
  private var averageDecay: Double? { parameters.average > 0 ? parameters.average : nil }

  private func rate(_ steps: Int) -> LearningRate {
    parameters.optimization.rate(peak: parameters.rate, warmup: parameters.warmup, total: steps)
  }

  /// The average of the weights is what is published.
  private static func adopt(_ average: ExponentialMovingAverage?, _ parameters: [Parameter]) {
    guard let average else { return }
    for parameter in parameters {
      if let value = average.averages[parameter.name] { parameter.value = value }
    }
  }
}
