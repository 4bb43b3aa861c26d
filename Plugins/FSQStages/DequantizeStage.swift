import FSQ
import StageSDK

/// Turns tokens back into the vectors they stand for.
final class DequantizeStage: Stage, Sendable {
  struct Parameters: Decodable {
    let levels: [Int]
    let variant: String
    let output: String
  }

  static let descriptor = StageDescriptor(
    id: "fsq.dequantize", version: "1.0.0",
    summary: "Turns tokens of finite scalar quantization back into the vectors they stand for.",
    kind: .map,
    parameters: FSQParameters.specs + [
      .choice(
        "output", ["unit", "codes"], default: "unit",
        "What goes out: values of 0...1 such as colours, or codes of -1...1 for a decoder.")
    ],
    inputs: [.anyTensor("tokens", [.i32], semantic: "tokens", "Numbers of the codebook.")],
    outputs: [.anyTensor("image", [.f32], "Vectors of d channels, the last dimension.")],
    isParallel: true)

  private let quantizer: FiniteScalarQuantizer
  private let isUnit: Bool

  init(parameters: Parameters, context: StageContext) throws {
    quantizer = try FSQParameters.quantizer(parameters.levels, parameters.variant)
    isUnit = parameters.output == "unit"
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try FSQParameters.quantizer(parameters.levels, parameters.variant)
    guard let tokens = inputs["tokens"] else { return nil }
    return [
      "image": TensorShape(
        type: .f32, dimensions: tokens.dimensions + [parameters.levels.count],
        semantic: semantic(parameters))
    ]
  }

  func process(_ batch: Batch) throws {
    let tokens = try batch.input("tokens")
    let image = try batch.output("image", .f32, shape: tokens.shape + [quantizer.dimension])
    try batch.forEachItem { index in
      let indices = try tokens.row(index, Int32.self)
      let values = try image.row(index, Float.self)
      do {
        if isUnit {
          try quantizer.unitValues(of: indices, into: values)
        } else {
          try quantizer.codes(of: indices, into: values)
        }
      } catch let error as FSQIndexError {
        throw StageError(.input, error.description)
      }
    }
  }

  private static func semantic(_ parameters: Parameters) -> String {
    guard parameters.output == "unit" else { return "fsq.codes" }
    switch parameters.levels.count {
    case 1: return "image.gray"
    case 3: return "image.rgb"
    default: return "image"
    }
  }
}
