import StageSDK
import UViM

/// The parameters of training.
struct TrainParameters: Decodable {
  let task: String
  let data: String
  let examples: Int
  let size: Int
  let objects: [Int]
  let cameraHeight: [Double]
  let lens: [Double]
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
  let mirror: Bool
  let depthFolder: String
  let depthEnding: String
  let depthUnit: Double
  let annotations: String?
  let masks: String?
  let categories: [String]?
  let things: [String]?
  let instances: Int
  let instanceOrder: String
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
    case card, annotations, masks, lens, mirror
    case cameraHeight = "camera_height"
    case encoderDepth = "encoder_depth"
    case decoderDepth = "decoder_depth"
    case languageEncoderDepth = "language_encoder_depth"
    case languageDecoderDepth = "language_decoder_depth"
    case languageSteps = "language_steps"
    case depthRange = "depth_range"
    case instanceOrder = "instance_order"
    case depthFolder = "depth_folder"
    case depthEnding = "depth_ending"
    case depthUnit = "depth_unit"
    case codeDropout = "code_dropout"
    case reportEvery = "report_every"
  }

  private var uvimTask: UViMTask { UViMTask(rawValue: task) ?? .depth }

  /// Checks what can be without files.
  func check() throws {
    if data == "pictures" && uvimTask == .panoptic {
      for (key, value) in [("annotations", annotations), ("masks", masks)] where value == nil {
        throw StageError(
          .config, "panoptic labels of pictures are read from files: give '\(key)'", parameter: key)
      }
    }
    guard objects[0] <= objects[1] else {
      throw StageError(
        .config, "'objects' is \(objects): the fewest come first", parameter: "objects")
    }
    for (key, ends) in [("camera_height", cameraHeight), ("lens", lens)] where ends[0] > ends[1] {
      throw StageError(
        .config, "'\(key)' is \(ends): the least comes first, and is no more than the greatest",
        parameter: key)
    }
    if data == "scenes" && batch > examples {
      throw StageError(
        .config, "'batch' is \(batch), more than the \(examples) examples", parameter: "batch")
    }
    _ = try baseConfiguration(SceneExamples.categories, SceneExamples.things)
  }

  /// The base model's shape for a job.
  ///
  /// - Throws: ``StageError``, also when the names of categories can't be read.
  func baseConfiguration(_ context: StageContext) throws -> UViMConfiguration {
    guard data == "pictures", uvimTask == .panoptic, categories == nil || things == nil else {
      return try baseConfiguration(SceneExamples.categories, SceneExamples.things)
    }
    guard let file = try context.items.lazy.compactMap(\.path).first else {
      throw StageError(.config, "the job has no pictures; give 'input' a 'dir' or 'files'")
    }
    let named = try PictureExamples(self, context, uvimTask).categories(of: file)
    return try baseConfiguration(named.all, named.things)
  }

  /// The same where the names of categories are known.
  private func baseConfiguration(
    _ usual: [String], _ usualThings: [String]
  ) throws -> UViMConfiguration {
    let pixels = patch * patch
    let categories = categories ?? usual
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
        things: uvimTask == .panoptic ? things ?? usualThings : nil,
        instanceOrder: uvimTask == .panoptic ? InstanceOrder(rawValue: instanceOrder) : nil)
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
