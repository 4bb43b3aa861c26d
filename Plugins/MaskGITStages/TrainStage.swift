import MaskGIT
import StageSDK

/// Trains the bidirectional transformer on tokens of images.
final class TrainStage: Stage {
  struct Parameters: Decodable {
    let mask_schedule: String
    let least_masked: Double
    let decode_steps: Int
    let choice_temperature: Double
    let training: TokenTraining.Parameters

    private enum Keys: String, CodingKey {
      case mask_schedule, least_masked, decode_steps, choice_temperature
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      mask_schedule = try values.decode(String.self, forKey: .mask_schedule)
      least_masked = try values.decode(Double.self, forKey: .least_masked)
      decode_steps = try values.decode(Int.self, forKey: .decode_steps)
      choice_temperature = try values.decode(Double.self, forKey: .choice_temperature)
      training = try TokenTraining.Parameters(from: decoder)
    }
  }

  static let descriptor = StageDescriptor(
    id: "maskgit.train", version: "1.0.0",
    summary: "Trains a masked token model on tokens of images and their classes.", kind: .task,
    parameters: TokenTraining.specs + [
      .choice(
        "mask_schedule", MaskSchedule.names, default: "cosine",
        "How the share of masked tokens is drawn; power is of exponent 2."),
      .number(
        "least_masked", default: 0.45, range: 0...0.99, "The least share of tokens that is masked."),
      .integer(
        "decode_steps", default: 12, range: 1...4096, "Steps of generation that the model suggests."
      ),
      .number(
        "choice_temperature", default: 4.5, range: 0...100,
        "Noise on confidence that the model suggests."),
    ], publishesModel: true)

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func run() throws {
    let objective = MaskedTokenObjective(
      schedule: MaskSchedule(name: parameters.mask_schedule, power: 2) ?? .cosine,
      leastShare: Float(parameters.least_masked),
      smoothing: Float(parameters.training.label_smoothing),
      classDropout: Float(parameters.training.label_dropout),
      dropout: Float(parameters.training.dropout))
    let training = TokenTraining(parameters.training, context, kind: MaskGITConfiguration.kind)
    try training.run { configuration in
      configuration.decodeSteps = parameters.decode_steps
      configuration.choiceTemperature = Float(parameters.choice_temperature)
    } _: { transformer, batch, random, pass in
      objective.outcome(transformer, batch, random: &random, pass)
    }
  }
}

/// Trains the causal transformer on tokens of images.
final class AutoregressiveTrainStage: Stage {
  typealias Parameters = TokenTraining.Parameters

  static let descriptor = StageDescriptor(
    id: "ar.train", version: "1.0.0",
    summary:
      "Trains a model that predicts token after token, on tokens of images and their classes.",
    kind: .task, parameters: TokenTraining.specs, publishesModel: true)

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func run() throws {
    let objective = NextTokenObjective(
      smoothing: Float(parameters.label_smoothing), classDropout: Float(parameters.label_dropout),
      dropout: Float(parameters.dropout))
    let training = TokenTraining(parameters, context, kind: TransformerModel.autoregressive)
    try training.run { _ in
    } _: { transformer, batch, random, pass in
      objective.outcome(transformer, batch, random: &random, pass)
    }
  }
}
