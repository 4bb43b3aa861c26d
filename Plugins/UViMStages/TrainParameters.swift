import StageSDK
import UViM

/// The parameters of training.
struct TrainParameters: Decodable {
  let task: String
  let data: String
  let examples: Int
  let size: Int
  let objects: [Int]
  let patch: Int
  let codes: Int
  let width: Int
  let heads: Int
  let mlp: Int
  let encoderDepth: Int
  let decoderDepth: Int
  let languageEncoderDepth: Int
  let languageDecoderDepth: Int
  let context: String
  let bins: Int
  let depthRange: [Double]
  let categories: [String]
  let things: [String]
  let instances: Int
  let quantizer: String
  let levels: [Int]
  let standardize: Bool
  let dictionary: Int
  let codeword: Int
  let splitting: Bool
  let codeDropout: String
  let smoothing: Double
  let steps: Int
  let languageSteps: Int
  let batch: Int
  let rate: Double
  let warmup: Int
  let decay: Double
  let clip: Double
  let average: Double
  let precision: String
  let reportEvery: Int
  let weights: String
  let card: String?

  enum CodingKeys: String, CodingKey {
    case task, data, examples, size, objects, patch, codes, width, heads, mlp, context, bins
    case categories, things, instances, quantizer, levels, standardize, dictionary, codeword
    case splitting, smoothing, steps, batch, rate, warmup, decay, clip, average, precision, weights
    case card
    case encoderDepth = "encoder_depth"
    case decoderDepth = "decoder_depth"
    case languageEncoderDepth = "language_encoder_depth"
    case languageDecoderDepth = "language_decoder_depth"
    case languageSteps = "language_steps"
    case depthRange = "depth_range"
    case codeDropout = "code_dropout"
    case reportEvery = "report_every"
  }

  static let specs: [ParameterSpec] = data + architecture + quantization + training

  private static let data: [ParameterSpec] = [
    .choice("task", UViMTask.allCases.map(\.rawValue), default: "depth", "What the model is for."),
    .choice(
      "data", ["scenes", "pictures"], default: "scenes",
      "What it learns from: scenes as scenes.render makes them, or, for colour, the job's pictures."
    ),
    .integer("examples", default: 4096, range: 1...1_000_000, "Scenes that are rendered."),
    .integer("size", default: 64, range: 8...1024, "Pixels across and down."),
    .integers(
      "objects", default: [1, 6], each: 0...16, count: 2...2,
      "The fewest and the most bodies of a scene."),
  ]

  private static let architecture: [ParameterSpec] = [
    .integer("patch", default: 8, range: 1...64, "Pixels across and down a patch; divides 'size'."),
    .integer("codes", default: 64, range: 1...4096, "Codes of a picture; a square number."),
    .integer("width", default: 192, range: 8...4096, "Values of a token."),
    .integer("heads", default: 6, range: 1...64, "Of attention; divides 'width'."),
    .integer("mlp", default: 768, range: 8...16_384, "Values within an MLP."),
    .integer("encoder_depth", default: 3, range: 0...48, "Blocks of the base model's encoder."),
    .integer("decoder_depth", default: 6, range: 0...48, "Blocks of the base model's decoder."),
    .integer(
      "language_encoder_depth", default: 6, range: 0...48, "Blocks of the language model's encoder."
    ),
    .integer(
      "language_decoder_depth", default: 6, range: 0...48, "Blocks of the language model's decoder."
    ),
    .choice(
      "context", ["both", "encoder", "decoder", "none"], default: "both",
      "Which parts of the base model see the picture."),
    .integer("bins", default: 64, range: 2...1024, "Of depth."),
    .numbers(
      "depth_range", default: [0.001, 10], each: 1e-6...1e6, count: 2...2,
      "Metres at the ends of the bins."),
    .strings(
      "categories", default: ["sphere", "box", "cylinder", "cone", "ground", "sky"],
      count: 1...10_000, "Names of panoptic categories, of number 1 and on."),
    .strings(
      "things", default: ["sphere", "box", "cylinder", "cone"], count: 0...10_000,
      "Those of them that are counted one by one."),
    .integer(
      "instances", default: 12, range: 2...1000, "Most segments of a picture, and one for void."),
  ]

  private static let quantization: [ParameterSpec] = [
    .choice("quantizer", ["fsq", "vq"], default: "fsq", "How bottlenecks become codes."),
    .integers(
      "levels", default: [8, 8], each: 2...256, count: 1...16,
      "Of FSQ: integers per channel; their product is the number of codes."),
    .boolean(
      "standardize", default: false,
      "Of FSQ: give bottlenecks mean 0 and variance 1 first, as VQ does."),
    .integer("dictionary", default: 64, range: 2...65_536, "Of VQ: codes."),
    .integer("codeword", default: 64, range: 1...4096, "Of VQ: values of a code."),
    .boolean(
      "splitting", default: true, "Of VQ: split the most used code where one is left unused."),
    .choice(
      "code_dropout", ["zero", "random", "none"], default: "zero",
      "What stands in place of codes that are left out in training of the base model."),
  ]

  private static let training: [ParameterSpec] = [
    .number(
      "smoothing", default: 0, range: 0...0.99,
      "Of the language model's labels: the share spread over all codes."),
    .integer("steps", default: 10_000, range: 1...100_000_000, "Of the base model."),
    .integer(
      "language_steps", default: 10_000, range: 0...100_000_000,
      "Of the language model; 0 trains none."),
    .integer("batch", default: 32, range: 1...65_536, "Pictures to a step."),
    .number("rate", default: 1e-3, range: 1e-9...1, "The highest learning rate; it ends at 0."),
    .integer("warmup", default: 200, range: 0...1_000_000, "Steps over which the rate grows."),
    .number("decay", default: 1e-4, range: 0...1, "Weight decay."),
    .number("clip", default: 1, range: 0...1e9, "The greatest norm of gradients; 0 for any."),
    .number(
      "average", default: 0.999, range: 0...0.999_999,
      "Decay of the moving average of weights, which is what is published; 0 for none."),
    .choice("precision", ["f32", "bf16"], default: "bf16", "Of products; weights stay f32."),
    .integer("report_every", default: 50, range: 1...1_000_000, "Steps between reports."),
    .choice(
      "weights", ["bf16", "f16", "f32"], default: "bf16", "What published weights are rounded to."),
    .optionalString("card", "What the model's card says of data and licence."),
  ]

  private var uvimTask: UViMTask { UViMTask(rawValue: task) ?? .depth }

  /// Checks what can be without files.
  func check() throws {
    if data == "pictures" && uvimTask != .color {
      throw StageError(
        .config, "pictures alone teach colours; 'task' is '\(task)', for which 'data' is scenes",
        parameter: "data")
    }
    guard objects[0] <= objects[1] else {
      throw StageError(
        .config, "'objects' is \(objects): the fewest come first", parameter: "objects")
    }
    if data == "scenes" && batch > examples {
      throw StageError(
        .config, "'batch' is \(batch), more than the \(examples) examples", parameter: "batch")
    }
    _ = try baseConfiguration()
  }

  /// The base model's shape, or a sentence about what is wrong with it.
  func baseConfiguration() throws -> UViMConfiguration {
    let pixels = patch * patch
    let inputs: [String: [Int]] =
      switch uvimTask {
      case .depth: ["depth": [bins, pixels]]
      case .color: ["color": [3, pixels]]
      case .panoptic:
        ["semantics": [categories.count + 1, pixels], "instances": [instances, pixels]]
      }
    let isFSQ = quantizer == "fsq"
    do {
      let stage = try StageOneConfiguration(
        inputs: inputs, inputSize: size, patchSize: patch, codeLength: codes, width: width,
        encoderDepth: encoderDepth, decoderDepth: decoderDepth, mlpWidth: mlp, heads: heads,
        dictionarySize: isFSQ ? levels.reduce(1, *) : dictionary,
        codewordWidth: isFSQ ? levels.count : codeword,
        resizesBottleneck: codes != (size / patch) * (size / patch),
        hasEncoderContext: context == "both" || context == "encoder",
        hasDecoderContext: context == "both" || context == "decoder",
        quantizer: isFSQ ? .finiteScalar(levels: levels, isStandardized: standardize) : .vector)
      let configuration = UViMConfiguration(
        task: uvimTask, stageOne: stage, stageTwo: nil,
        depthRange: uvimTask == .depth ? depthRange : nil,
        categories: uvimTask == .panoptic ? categories : nil,
        things: uvimTask == .panoptic ? things : nil)
      try configuration.check()
      return configuration
    } catch { throw StageError(.config, "this base model can't be: \(error)") }
  }

  /// The language model's shape for a base model.
  func languageConfiguration(_ base: StageOneConfiguration) throws -> StageTwoConfiguration {
    do {
      return try StageTwoConfiguration(
        layers: languageEncoderDepth, decoderLayers: languageDecoderDepth, heads: heads,
        mlpWidth: mlp,
        width: width, patchSize: patch, inputSize: base.inputSize, codeLength: base.codeLength,
        vocabulary: base.dictionarySize + 1)
    } catch { throw StageError(.config, "this language model can't be: \(error)") }
  }
}
