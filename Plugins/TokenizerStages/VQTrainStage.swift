import StageSDK
import Tokenizers

/// Trains a tokenizer with a codebook of learned vectors: the baseline.
final class VQTrainStage: Stage {
  struct Parameters: Decodable {
    let codes: Int
    let width: Int
    let vector: VectorQuantizerSettings
    let training: TrainParameters

    enum CodingKeys: String, CodingKey {
      case codes, width, commitment, codebookAverage = "codebook_average", entropy
      case temperature = "entropy_temperature", reseed = "reseed_below", split = "split_below"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      func number(_ key: CodingKeys) throws -> Float {
        Float(try values.decode(Double.self, forKey: key))
      }
      func switched(_ key: CodingKeys) throws -> Float? {
        let value = try number(key)
        return value > 0 ? value : nil
      }
      codes = try values.decode(Int.self, forKey: .codes)
      width = try values.decode(Int.self, forKey: .width)
      vector = VectorQuantizerSettings(
        commitment: try number(.commitment), averageDecay: try switched(.codebookAverage),
        entropy: try number(.entropy), entropyTemperature: try number(.temperature),
        reseedBelow: try switched(.reseed), splitBelow: try switched(.split))
      training = try TrainParameters(from: decoder)
    }
  }

  static let descriptor = StageDescriptor(
    id: "vq.train", version: "1.0.0",
    summary:
      "Trains a convolutional tokenizer with vector quantization, the baseline, and publishes it.",
    kind: .task,
    parameters: [
      .integer("codes", default: 1024, range: 2...1_048_576, "Vectors of the codebook."),
      .integer("width", default: 32, range: 1...4096, "Numbers to a vector."),
      .number(
        "commitment", default: 0.25, range: 0...1e6,
        "Weight of the loss that pulls latents to their vectors; 0 for none."),
      .number(
        "codebook_average", default: 0, range: 0...0.999_999,
        "Decay of moving averages by which vectors follow their latents; 0 lets a loss pull them."),
      .number(
        "entropy", default: 0, range: 0...1e6,
        "Weight of the penalty that wants all vectors used alike; 0 for none."),
      .number(
        "entropy_temperature", default: 0.01, range: 1e-6...1e6,
        "Divides distances in that penalty."),
      .number(
        "reseed_below", default: 0, range: 0...1,
        "Vectors used less than this share of an even one are put where a latent is; 0 for never."),
      .number(
        "split_below", default: 0, range: 0...1,
        "Vectors used less than this share of an even one get half of the most used one; 0 for never."
      ),
    ] + TrainParameters.specs,
    inputs: [.file("file", "Pictures, or packed sets of them (.safetensors).")], outputs: [],
    publishesModel: true)

  private let training: TokenizerTraining

  init(parameters: Parameters, context: StageContext) throws {
    training = TokenizerTraining(
      parameters: parameters.training, configuration: try Self.configuration(parameters),
      vector: parameters.vector, context: context)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try configuration(parameters)
    return [:]
  }

  func run() throws { try training.run() }

  private static func configuration(_ parameters: Parameters) throws -> TokenizerConfiguration {
    try parameters.training.configuration(
      .vq(codes: parameters.codes, width: parameters.width))
  }
}
