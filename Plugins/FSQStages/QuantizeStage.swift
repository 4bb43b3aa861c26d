import FSQ
import StageSDK

/// Rounds the channels of each vector to a token: finite scalar quantization.
///
/// Source: Mentzer et al. 2023, section 3.1.
final class QuantizeStage: Stage, Sendable {
  struct Parameters: Decodable {
    let levels: [Int]
    let variant: String
    let input: String
  }

  static let descriptor = StageDescriptor(
    id: "fsq.quantize", version: "1.0.0",
    summary:
      "Rounds each vector of d channels to one of a fixed grid of codes: tokens, no codebook.",
    kind: .map,
    parameters: FSQParameters.specs + [
      .choice(
        "input", ["unit", "latent"], default: "unit",
        "What comes in: values of 0...1 such as colours, or unbounded latents of an encoder.")
    ],
    inputs: [.anyTensor("image", [.f32], "Vectors of d channels, the last dimension.")],
    outputs: [
      .anyTensor("tokens", [.i32], semantic: "tokens", "A number of the codebook for each vector.")
    ], isParallel: true)

  private let quantizer: FiniteScalarQuantizer
  private let isUnit: Bool

  init(parameters: Parameters, context: StageContext) throws {
    quantizer = try FSQParameters.quantizer(parameters.levels, parameters.variant)
    isUnit = parameters.input == "unit"
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try FSQParameters.quantizer(parameters.levels, parameters.variant)
    guard let image = inputs["image"] else { return nil }
    try check(image.dimensions, parameters.levels)
    return [
      "tokens": TensorShape(
        type: .i32, dimensions: Array(image.dimensions.dropLast()), semantic: "tokens")
    ]
  }

  func process(_ batch: Batch) throws {
    let image = try batch.input("image")
    try Self.check(image.shape, quantizer.levels)
    let tokens = try batch.output("tokens", .i32, shape: Array(image.shape.dropLast()))
    try batch.forEachItem { index in
      let values = try image.row(index, Float.self)
      if let fault = NonFiniteValues(in: values) {
        let channels = quantizer.dimension
        throw StageError(
          .input,
          "\(fault), which is channel \(fault.first % channels) of vector \(fault.first / channels); only numbers can be rounded to tokens"
        )
      }
      let indices = try tokens.row(index, Int32.self)
      if isUnit {
        quantizer.quantize(unit: values, into: indices)
      } else {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: values.count) { bounded in
          quantizer.bound(values, into: bounded)
          quantizer.quantize(bounded: UnsafeBufferPointer(bounded), into: indices)
        }
      }
    }
  }

  private static func check(_ dimensions: [Int], _ levels: [Int]) throws {
    guard dimensions.count >= 2, let channels = dimensions.last else {
      throw StageError(.config, "vectors need a dimension of channels after the batch")
    }
    guard channels < 0 || channels == levels.count else {
      throw StageError(
        .config,
        "'levels' has \(levels.count) entries, but what comes in has \(channels) channels; give one per channel",
        parameter: "levels")
    }
  }
}
