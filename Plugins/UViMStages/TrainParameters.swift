import FSQ
import Recipes
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
  let damage: DamagedPictures
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
  let variant: String
  let latentPenalty: Double
  let parts: Int
  let heldBack: Int
  let start: String?
  let optimization: OptimizationRecipe
  let validation: ValidationRecipe

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys) throws -> Value {
      try values.decode(Value.self, forKey: key)
    }
    func optional<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
      try values.decodeIfPresent(Value.self, forKey: key)
    }
    task = try value(.task)
    data = try value(.data)
    examples = try value(.examples)
    size = try value(.size)
    objects = try value(.objects)
    cameraHeight = try value(.cameraHeight)
    lens = try value(.lens)
    patch = try value(.patch)
    codes = try value(.codes)
    width = try value(.width)
    heads = try value(.heads)
    mlp = try value(.mlp)
    encoderDepth = try value(.encoderDepth)
    decoderDepth = try value(.decoderDepth)
    languageEncoderDepth = try value(.languageEncoderDepth)
    languageDecoderDepth = try value(.languageDecoderDepth)
    context = try value(.context)
    bins = try value(.bins)
    depthRange = try value(.depthRange)
    mirror = try value(.mirror)
    damage = try value(.damage)
    depthFolder = try value(.depthFolder)
    depthEnding = try value(.depthEnding)
    depthUnit = try value(.depthUnit)
    annotations = try optional(.annotations)
    masks = try optional(.masks)
    categories = try optional(.categories)
    things = try optional(.things)
    instances = try value(.instances)
    instanceOrder = try value(.instanceOrder)
    quantizer = try value(.quantizer)
    levels = try value(.levels)
    standardize = try value(.standardize)
    dictionary = try value(.dictionary)
    codeword = try value(.codeword)
    splitting = try value(.splitting)
    codeDropout = try value(.codeDropout)
    smoothing = try value(.smoothing)
    steps = try value(.steps)
    languageSteps = try value(.languageSteps)
    batch = try value(.batch)
    rate = try value(.rate)
    warmup = try value(.warmup)
    decay = try value(.decay)
    clip = try value(.clip)
    average = try value(.average)
    precision = try value(.precision)
    reportEvery = try value(.reportEvery)
    weights = try value(.weights)
    card = try optional(.card)
    variant = try value(.variant)
    latentPenalty = try value(.latentPenalty)
    parts = try value(.parts)
    heldBack = try value(.heldBack)
    start = try optional(.start)
    optimization = try OptimizationRecipe(from: decoder)
    validation = try ValidationRecipe(from: decoder)
  }

  enum CodingKeys: String, CodingKey {
    case task, data, examples, size, objects, patch, codes, width, heads, mlp, context, bins
    case categories, things, instances, quantizer, levels, standardize, dictionary, codeword
    case splitting, smoothing, steps, batch, rate, warmup, decay, clip, average, precision, weights
    case card, annotations, masks, lens, mirror, damage, variant, parts, start
    case latentPenalty = "latent_penalty"
    case heldBack = "held_back"
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
    try optimization.check(networks: ["stage1", "stage2"])
    guard batch.isMultiple(of: parts) else {
      throw StageError(
        .config, "'batch' \(batch) can't be worked on in \(parts) equal parts", parameter: "parts")
    }
    if validation.decides && heldBack == 0 {
      throw StageError(
        .config,
        "'keep_best' and 'patience' go by examples that are not learned from: give 'held_back', how many",
        parameter: "held_back")
    }
    if quantizer == "fsq" && standardize && levels.count < 4 {
      throw StageError(
        .config,
        "'standardize' takes two degrees of freedom of each vector, and \(levels.count) channels have hardly more; leave it out, or give 'levels' at least 4",
        parameter: "standardize")
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
      let codeCount = isFSQ ? try CodeQuantizerKind.size(levels: levels) : dictionary
      let stage = try StageOneConfiguration(
        inputs: inputs, inputSize: size, patchSize: patch, codeLength: codes, width: width,
        encoderDepth: encoderDepth, decoderDepth: decoderDepth, mlpWidth: mlp, heads: heads,
        dictionarySize: codeCount, codewordWidth: isFSQ ? levels.count : codeword,
        resizesBottleneck: codes != (size / patch) * (size / patch),
        hasEncoderContext: context == "both" || context == "encoder",
        hasDecoderContext: context == "both" || context == "decoder",
        quantizer: isFSQ ? scalar : .vector, hasAbsentCode: codeDropout == "learned")
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

  private var scalar: CodeQuantizerKind {
    .finiteScalar(
      levels: levels, isStandardized: standardize,
      variant: FiniteScalarQuantizer.Variant(rawValue: variant) ?? .google)
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
