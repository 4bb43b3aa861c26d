import Autograd
import StageSDK
import TensorCore
import UViM

/// Parameters of the stages that do all from picture to map.
struct ChainParameters: Decodable {
  let precision: String
  let temperature: Double
  let lookahead: Int
  let draws: Int
  let originalSize: Bool
  let keepLightness: Bool?
  let leastSegment: Double?
  let depthEstimate: String?

  enum CodingKeys: String, CodingKey {
    case precision, temperature, lookahead, draws
    case originalSize = "original_size"
    case keepLightness = "keep_lightness"
    case leastSegment = "least_segment"
    case depthEstimate = "depth_estimate"
  }

  static let specs: [ParameterSpec] =
    UViMParameters.decoding + [
      .integer(
        "draws", default: 1, range: 1...256,
        "Codes that are drawn for each picture, at temperature 1 if it is 0; what they say is averaged. 1 for one code."
      ),
      UViMParameters.precision,
      .boolean(
        "original_size", default: false,
        "Give maps of the size that a picture had before it was resized; such pictures travel alone."
      ),
    ]

  static let image = Port.tensor(
    "image", [.f32], ["N", "H", "W", 3], semantic: "image.rgb",
    "Pictures of 0...1, of any size; models look at squares.")

  /// Sizes of a map, as far as they are known before a run.
  func dimensions(_ inputs: [String: TensorShape], _ channels: Int) -> [Int] {
    let image = inputs["image"]?.dimensions ?? [-1, -1, -1, 3]
    return originalSize ? [-1, -1, -1, channels] : [-1, image[1], image[2], channels]
  }
}

/// What the three of them share.
final class Chain {
  private let parameters: ChainParameters
  private let context: StageContext
  private let task: UViMTask
  private var loaded: LoadedUViM?

  init(_ parameters: ChainParameters, _ context: StageContext, _ task: UViMTask) {
    self.parameters = parameters
    self.context = context
    self.task = task
  }

  func open() throws {
    loaded = try LoadedUViM(context, part: .both, precision: parameters.precision, task: task)
  }

  func close() { loaded = nil }

  /// Predicts codes and decodes them.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - body: Gets the logits, how maps are made of them, and the model.
  /// - Throws: ``StageError``, and what `body` throws.
  func run(
    _ batch: Batch, _ body: ([String: Tensor], MapOutputs, LoadedUViM, TensorView) throws -> Void
  ) throws {
    guard let loaded, let stage = loaded.configuration.stageOne,
      let language = loaded.configuration.stageTwo
    else { throw StageError(.internal, "the model was not opened") }
    let image = try batch.input("image")
    func seen(_ side: Int) throws -> Tensor {
      try Pictures.seen(
        image, side: side, isSigned: false, isGray: task == .color, loaded.pass)
    }
    let (memory, images) = (
      try loaded.memory(of: try seen(language.inputSize)), try seen(stage.inputSize)
    )
    func drawn(_ draw: Int, temperature: Double) throws -> [String: Tensor] {
      let prediction = try loaded.codes(
        memory: memory, temperature: temperature,
        seeds: (0..<batch.count).map {
          batch.item($0).seed &+ UInt64(draw) &* 0x9E37_79B9_7F4A_7C15
        },
        method: UViMParameters.method(parameters.lookahead), context: context)
      context.log(
        .debug,
        "\(stage.codeLength) codes of \(batch.count) pictures in \(prediction.steps) steps")
      return try loaded.logits(codes: prediction.codes, images: images)
    }
    let logits: [String: Tensor]
    if parameters.draws == 1 {
      logits = try drawn(0, temperature: parameters.temperature)
    } else {
      let temperature = parameters.temperature > 0 ? parameters.temperature : 1
      var mean = LogitsMean(isProbability: task != .color)
      for draw in 0..<parameters.draws {
        mean.add(try drawn(draw, temperature: temperature), workers: loaded.pass.workers)
      }
      logits = mean.logits
    }
    let size = try Pictures.outputSize(batch, image, isOriginal: parameters.originalSize)
    var outputs = MapOutputs(
      configuration: loaded.configuration, height: size.height, width: size.width)
    outputs.takesLikeliestDepth = parameters.depthEstimate == "likeliest"
    outputs.leastShare = parameters.leastSegment ?? outputs.leastShare
    outputs.keepsLightness = parameters.keepLightness ?? true
    try body(logits, outputs, loaded, image)
  }
}

/// Estimates depth from single pictures.
final class DepthStage: Stage {
  static let descriptor = StageDescriptor(
    id: "uvim.depth", version: "1.1.0", summary: "Estimates the depth of each pixel, in metres.",
    kind: .map, parameters: ChainParameters.specs + [UViMParameters.depthEstimate],
    inputs: [ChainParameters.image],
    outputs: [
      .tensor("depth", [.f32], ["N", "H2", "W2", 1], semantic: "depth.metres", "Metres.")
    ], preferredBatch: 8, needsSeed: true, modelSlots: ["model"])

  private let chain: Chain

  init(parameters: ChainParameters, context: StageContext) throws {
    chain = Chain(parameters, context, .depth)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: ChainParameters
  ) throws -> [String: TensorShape]? {
    [
      "depth": TensorShape(
        type: .f32, dimensions: parameters.dimensions(inputs, 1), semantic: "depth.metres")
    ]
  }

  func open() throws { try chain.open() }
  func close() { chain.close() }

  func process(_ batch: Batch) throws {
    try chain.run(batch) { logits, maps, _, _ in
      try maps.writeDepth(
        logits,
        to: try batch.output("depth", .f32, shape: [batch.count, maps.height, maps.width, 1]))
    }
  }
}

/// Gives grey pictures colours.
final class ColorizeStage: Stage {
  static let descriptor = StageDescriptor(
    id: "uvim.colorize", version: "1.0.0",
    summary: "Gives pictures colours; those they have are not looked at.", kind: .map,
    parameters: ChainParameters.specs + [
      .boolean(
        "keep_lightness", default: true,
        "Keep the picture's own lightness, with all its detail, under the model's colours.")
    ], inputs: [ChainParameters.image],
    outputs: [
      .tensor("image", [.f32], ["N", "H2", "W2", 3], semantic: "image.rgb", "Colours of 0...1.")
    ], preferredBatch: 8, needsSeed: true, modelSlots: ["model"])

  private let chain: Chain

  init(parameters: ChainParameters, context: StageContext) throws {
    chain = Chain(parameters, context, .color)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: ChainParameters
  ) throws -> [String: TensorShape]? {
    [
      "image": TensorShape(
        type: .f32, dimensions: parameters.dimensions(inputs, 3), semantic: "image.rgb")
    ]
  }

  func open() throws { try chain.open() }
  func close() { chain.close() }

  func process(_ batch: Batch) throws {
    try chain.run(batch) { logits, maps, loaded, image in
      try maps.writeColor(
        logits, over: image, isSigned: false,
        to: try batch.output("image", .f32, shape: [batch.count, maps.height, maps.width, 3]),
        loaded.pass)
    }
  }
}

/// Tells what is where: categories and instances of all pixels.
final class PanopticStage: Stage {
  static let descriptor = StageDescriptor(
    id: "uvim.panoptic", version: "1.0.0",
    summary: "Segments pictures into things, each its own, and stuff.", kind: .map,
    parameters: ChainParameters.specs + [
      .number(
        "least_segment", default: 0.001, range: 0...1,
        "Segments of a smaller share of the picture are left out.")
    ], inputs: [ChainParameters.image],
    outputs: [
      .tensor(
        "panoptic", [.i32], ["N", "H2", "W2", 2], semantic: "panoptic.ids",
        "Category and number of the segment; 0 and 0 for void.")
    ], preferredBatch: 8, needsSeed: true, modelSlots: ["model"])

  private let chain: Chain

  init(parameters: ChainParameters, context: StageContext) throws {
    chain = Chain(parameters, context, .panoptic)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: ChainParameters
  ) throws -> [String: TensorShape]? {
    [
      "panoptic": TensorShape(
        type: .i32, dimensions: parameters.dimensions(inputs, 2), semantic: "panoptic.ids")
    ]
  }

  func open() throws { try chain.open() }
  func close() { chain.close() }

  func process(_ batch: Batch) throws {
    try chain.run(batch) { logits, maps, _, _ in
      try maps.writePanoptic(
        logits,
        to: try batch.output("panoptic", .i32, shape: [batch.count, maps.height, maps.width, 2]))
    }
  }
}
