import Autograd
import StageSDK
import TensorCore
import UViM

/// How pictures come in where a model's numbers are wanted as they are.
enum SignedPictures {
  static let parameter = ParameterSpec.choice(
    "image_range", ["unit", "signed"], default: "unit",
    "What pictures hold: values of 0...1, or of -1...1 just as the networks see them, grey ones for colour models."
  )
  static let port = Port.tensor(
    "image", [.f32], ["N", "H", "W", 3], "Pictures; resized to the model's squares.")
}

/// The guiding code of a picture and its labels: stage I's encoder.
final class EncodeStage: Stage {
  struct Parameters: Decodable {
    let precision: String
    let imageRange: String

    enum CodingKeys: String, CodingKey {
      case precision
      case imageRange = "image_range"
    }
  }

  static let descriptor = StageDescriptor(
    id: "uvim.encode", version: "1.0.0",
    summary: "Makes the guiding code of a picture and its labels.", kind: .map,
    parameters: [UViMParameters.precision, SignedPictures.parameter],
    inputs: [SignedPictures.port] + LabelInputs.ports,
    outputs: [
      .tensor("code", [.i32], ["N", "codes"], semantic: "tokens.uvim", "The guiding code."),
      .tensor(
        "bottleneck", [.f32], ["N", "codes", "values"],
        "What was quantized."),
    ], preferredBatch: 8, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var loaded: LoadedUViM?

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    [
      "code": TensorShape(type: .i32, dimensions: [-1, -1], semantic: "tokens.uvim"),
      "bottleneck": TensorShape(type: .f32, dimensions: [-1, -1, -1]),
    ]
  }

  func open() throws {
    loaded = try LoadedUViM(context, part: .stageOne, precision: parameters.precision)
  }

  func close() { loaded = nil }

  func process(_ batch: Batch) throws {
    guard let loaded else { throw StageError(.internal, "the model was not opened") }
    let (stage, quantizer) = try loaded.stageOne()
    let isSigned = parameters.imageRange == "signed"
    let image = try Pictures.seen(
      try batch.input("image"), side: stage.configuration.inputSize, isSigned: isSigned,
      isGray: false, loaded.pass)
    let labels = try LabelInputs.tensors(
      batch, image: image, isSigned: isSigned, loaded.configuration, loaded.pass)
    let context =
      loaded.configuration.task == .color && !isSigned ? LabelInputs.gray(image) : image
    do {
      let latents = quantizer.prepare(
        try stage.latents(labels: labels, image: context, loaded.pass), loaded.pass)
      var values = latents.value
      for index in 0..<batch.count {
        guard let fault = FiniteLatents.fault(values[index..<(index + 1)]) else { continue }
        batch.fail(index, StageError(.input, fault.description))
        values = FiniteLatents.zeroed(values, index)
      }
      let codes = quantizer.codes(of: values, loaded.pass)
      let output = try batch.output("code", .i32, shape: codes.shape.sizes)
      _ = try output.bind(Int32.self).update(fromContentsOf: codes.integers)
      let bottleneck = try batch.output("bottleneck", .f32, shape: values.shape.sizes)
      _ = try bottleneck.bind(Float.self).update(fromContentsOf: values.floats)
    } catch let error as UViMError { throw StageError(.input, error.description) }
  }
}

/// The guiding code of a picture alone: stage II.
final class PredictCodeStage: Stage {
  struct Parameters: Decodable {
    let precision: String
    let imageRange: String
    let temperature: Double
    let lookahead: Int

    enum CodingKeys: String, CodingKey {
      case precision, temperature, lookahead
      case imageRange = "image_range"
    }
  }

  static let descriptor = StageDescriptor(
    id: "uvim.predict_code", version: "1.0.0",
    summary: "Predicts the guiding code of a picture, code by code.", kind: .map,
    parameters: UViMParameters.decoding + [UViMParameters.precision, SignedPictures.parameter],
    inputs: [SignedPictures.port],
    outputs: [
      .tensor(
        "code", [.i32], ["N", "codes"], semantic: "tokens.uvim",
        "The guiding code: tokens less 1; -1 where the start token was predicted.")
    ], preferredBatch: 8, needsSeed: true, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var loaded: LoadedUViM?

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    ["code": TensorShape(type: .i32, dimensions: [-1, -1], semantic: "tokens.uvim")]
  }

  func open() throws {
    loaded = try LoadedUViM(context, part: .stageTwo, precision: parameters.precision)
  }

  func close() { loaded = nil }

  func process(_ batch: Batch) throws {
    guard let loaded, let stage = loaded.configuration.stageTwo else {
      throw StageError(.internal, "the model was not opened")
    }
    let isSigned = parameters.imageRange == "signed"
    let image = try Pictures.seen(
      try batch.input("image"), side: stage.inputSize, isSigned: isSigned,
      isGray: loaded.configuration.task == .color && !isSigned, loaded.pass)
    let prediction = try loaded.codes(
      memory: try loaded.memory(of: image), temperature: parameters.temperature,
      seeds: (0..<batch.count).map { batch.item($0).seed },
      method: UViMParameters.method(parameters.lookahead), context: context)
    let codes = prediction.codes
    let output = try batch.output("code", .i32, shape: codes.shape.sizes)
    _ = try output.bind(Int32.self).update(fromContentsOf: codes.integers)
  }
}

/// Labels of a guiding code and its picture: stage I's decoder.
final class DecodeStage: Stage {
  struct Parameters: Decodable {
    let precision: String
    let imageRange: String
    let originalSize: Bool
    let keepLightness: Bool
    let leastSegment: Double
    let depthEstimate: String

    enum CodingKeys: String, CodingKey {
      case precision
      case imageRange = "image_range"
      case originalSize = "original_size"
      case keepLightness = "keep_lightness"
      case leastSegment = "least_segment"
      case depthEstimate = "depth_estimate"
    }
  }

  static let descriptor = StageDescriptor(
    id: "uvim.decode", version: "1.1.0",
    summary: "Makes depth, colours or panoptic labels of a guiding code and its picture.",
    kind: .map,
    parameters: [
      UViMParameters.precision, SignedPictures.parameter,
      .boolean(
        "original_size", default: false,
        "Give maps of the size that a picture had before it was resized."),
      .boolean(
        "keep_lightness", default: true,
        "Of colours: keep the picture's own lightness under them."),
      .number(
        "least_segment", default: 0.001, range: 0...1,
        "Of panoptic labels: segments of a smaller share of the picture are left out."),
      UViMParameters.depthEstimate,
    ],
    inputs: [
      .tensor(
        "code", [.i32], ["N", "codes"], semantic: "tokens.uvim",
        "The guiding code; -1 stands for no code: models that learned a vector for it take that, others code 0."
      ),
      SignedPictures.port,
    ],
    outputs: [
      .tensor(
        "logits", [.f32], ["N", "tokens", "values", "pixels"],
        "What the only head gives, by patch; of models with one."),
      .tensor("logits_depth", [.f32], ["N", "tokens", "v1", "pixels"], "Of depth bins."),
      .tensor("logits_color", [.f32], ["N", "tokens", "v2", "pixels"], "Colours, -1...1."),
      .tensor("logits_semantics", [.f32], ["N", "tokens", "v3", "pixels"], "Of categories."),
      .tensor("logits_instances", [.f32], ["N", "tokens", "v4", "pixels"], "Of instances."),
      .tensor(
        "depth", [.f32], ["N", "H2", "W2", 1], semantic: "depth.metres",
        "Metres; of depth models."),
      .tensor(
        "color", [.f32], ["N", "H2", "W2", 3], semantic: "image.rgb",
        "Colours of 0...1; of colour models."),
      .tensor(
        "panoptic", [.i32], ["N", "H2", "W2", 2], semantic: "panoptic.ids",
        "Category and number of the segment; of panoptic models."),
    ], preferredBatch: 8, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var loaded: LoadedUViM?

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    let image = inputs["image"]?.dimensions ?? [-1, -1, -1, 3]
    let size = parameters.originalSize ? [-1, -1] : [image[1], image[2]]
    var outputs: [String: TensorShape] = [:]
    for port in descriptor.outputs where port.name.hasPrefix("logits") {
      outputs[port.name] = TensorShape(type: .f32, dimensions: [-1, -1, -1, -1])
    }
    outputs["depth"] = TensorShape(
      type: .f32, dimensions: [-1] + size + [1], semantic: "depth.metres")
    outputs["color"] = TensorShape(
      type: .f32, dimensions: [-1] + size + [3], semantic: "image.rgb")
    outputs["panoptic"] = TensorShape(
      type: .i32, dimensions: [-1] + size + [2], semantic: "panoptic.ids")
    return outputs
  }

  func open() throws {
    loaded = try LoadedUViM(context, part: .stageOne, precision: parameters.precision)
  }

  func close() { loaded = nil }

  func process(_ batch: Batch) throws {
    guard let loaded, let stage = loaded.configuration.stageOne else {
      throw StageError(.internal, "the model was not opened")
    }
    let image = try batch.input("image")
    let isSigned = parameters.imageRange == "signed"
    let seen = try Pictures.seen(
      image, side: stage.inputSize, isSigned: isSigned,
      isGray: loaded.configuration.task == .color && !isSigned, loaded.pass)
    do {
      let logits = try loaded.logits(
        codes: try Pictures.integers(try batch.input("code")), images: seen)
      for (name, values) in logits {
        for port in logits.count == 1 ? ["logits", "logits_\(name)"] : ["logits_\(name)"] {
          let output = try batch.output(port, .f32, shape: values.shape.sizes)
          _ = try output.bind(Float.self).update(fromContentsOf: values.floats)
        }
      }
      let size = try Pictures.outputSize(batch, image, isOriginal: parameters.originalSize)
      var maps = MapOutputs(
        configuration: loaded.configuration, height: size.height, width: size.width)
      maps.takesLikeliestDepth = parameters.depthEstimate == "likeliest"
      maps.leastShare = parameters.leastSegment
      maps.keepsLightness = parameters.keepLightness
      let shape = [batch.count, size.height, size.width]
      switch loaded.configuration.task {
      case .depth:
        try maps.writeDepth(logits, to: try batch.output("depth", .f32, shape: shape + [1]))
      case .color:
        try maps.writeColor(
          logits, over: image, isSigned: isSigned,
          to: try batch.output("color", .f32, shape: shape + [3]), loaded.pass)
      case .panoptic:
        try maps.writePanoptic(logits, to: try batch.output("panoptic", .i32, shape: shape + [2]))
      }
    } catch let error as UViMError { throw StageError(.input, error.description) }
  }
}
