import FSQ
import StageSDK
import Tokenizers

/// Trains a tokenizer with finite scalar quantization.
final class FSQTrainStage: Stage {
  struct Parameters: Decodable {
    let levels: [Int]
    let variant: String
    let training: TrainParameters

    enum CodingKeys: String, CodingKey { case levels, variant }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      levels = try values.decode([Int].self, forKey: .levels)
      variant = try values.decode(String.self, forKey: .variant)
      training = try TrainParameters(from: decoder)
    }
  }

  static let descriptor = StageDescriptor(
    id: "fsq.train", version: "1.0.0",
    summary: "Trains a convolutional tokenizer with finite scalar quantization and publishes it.",
    kind: .task,
    parameters: [
      .integers(
        "levels", default: [8, 5, 5, 5], each: 2...65_536, count: 1...16,
        "Integers per channel; their product is the size of the codebook."),
      .choice(
        "variant", FiniteScalarQuantizer.Variant.allCases.map(\.rawValue), default: "google",
        "How latents are bounded: as in the paper's own code, or with atanh as PyTorch ports do."),
    ] + TrainParameters.specs,
    inputs: [.file("file", "Pictures, or packed sets of them (.safetensors).")], outputs: [],
    publishesModel: true)

  private let training: TokenizerTraining

  init(parameters: Parameters, context: StageContext) throws {
    training = TokenizerTraining(
      parameters: parameters.training, configuration: try Self.configuration(parameters),
      vector: VectorQuantizerSettings(), context: context)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try configuration(parameters)
    return [:]
  }

  func run() throws { try training.run() }

  private static func configuration(_ parameters: Parameters) throws -> TokenizerConfiguration {
    do {
      _ = try FiniteScalarQuantizer(levels: parameters.levels)
    } catch {
      throw StageError(.config, error.description, parameter: "levels")
    }
    return try parameters.training.configuration(
      .fsq(levels: parameters.levels, variant: parameters.variant))
  }
}
