import StageSDK
import UViM

/// Trains a whole model: the base model, then the language model for it.
final class TrainStage: Stage {
  static let descriptor = StageDescriptor(
    id: "uvim.train", version: "1.0.0",
    summary: "Trains UViM's base model, stage I, and then the language model, stage II.",
    kind: .task, parameters: TrainParameters.specs, publishesModel: true)

  private let parameters: TrainParameters
  private let context: StageContext

  init(parameters: TrainParameters, context: StageContext) throws {
    try parameters.check()
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: TrainParameters
  ) throws -> [String: TensorShape]? {
    try parameters.check()
    return [:]
  }

  func run() throws {
    try ModelTraining.wrapping {
      let training = ModelTraining(
        parameters, context, total: parameters.steps + parameters.languageSteps)
      let configuration = try parameters.baseConfiguration(context)
      let set = try ExampleSet(parameters, context, configuration, training.workers)
      var model = try training.baseModel(set, configuration)
      if parameters.languageSteps > 0 {
        model = try training.languageModel(set, on: model, before: parameters.steps)
      }
      try training.publish(model)
    }
  }
}

/// Trains a language model for a base model that is there.
final class TrainLanguageStage: Stage {
  static let descriptor = StageDescriptor(
    id: "uvim.train_language", version: "1.0.0",
    summary: "Trains UViM's language model, stage II, for the base model in slot 'base'.",
    kind: .task, parameters: TrainParameters.specs, publishesModel: true, modelSlots: ["base"])

  private let parameters: TrainParameters
  private let context: StageContext

  init(parameters: TrainParameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func run() throws {
    try ModelTraining.wrapping {
      guard parameters.languageSteps > 0 else {
        throw StageError(
          .config, "'language_steps' is 0: there is nothing to train", parameter: "language_steps")
      }
      let training = ModelTraining(parameters, context, total: parameters.languageSteps)
      let base = try LoadedUViM(context, slot: "base", part: .stageOne, precision: "f32")
      let set = try ExampleSet(parameters, context, base.configuration, training.workers)
      try training.publish(try training.languageModel(set, on: base.model, before: 0))
    }
  }
}
