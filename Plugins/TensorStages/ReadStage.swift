import StageSDK
import TensorFiles

/// Reads a tensor of each item's file.
final class ReadStage: Stage, Sendable {
  struct Parameters: Decodable {
    let shape: [Int]
    let type: String
    let key: String?
    let semantic: String?
  }

  static let descriptor = StageDescriptor(
    id: "tensor.read", version: "1.0.0",
    summary: "Reads a tensor from .npy or .safetensors.", kind: .source,
    parameters: [
      .integers(
        "shape", default: nil, each: 0...1 << 40, count: 0...15,
        "Sizes of one item's tensor, outermost first, without the batch; [] for a scalar."),
      .choice(
        "type", ElementType.allCases.map(\.rawValue), default: "f32",
        "The type of its elements; a file of another type is a fault of the item."),
      .optionalString("key", "Which tensor of a .safetensors file; not needed if it holds one."),
      .optionalString(
        "semantic", "What the numbers mean, so that later stages can check it: tokens, image.rgb."),
    ],
    inputs: [.file("file", "A .npy or .safetensors file.")],
    outputs: [.anyTensor("tensor", ElementType.allCases, "What was read, the batch first.")],
    isParallel: true)

  private let parameters: Parameters
  private let type: ElementType
  /// Bytes of one item's tensor.
  private let size: Int

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    type = try Self.type(parameters)
    size = try Self.byteCount(parameters)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try byteCount(parameters)
    return [
      "tensor": TensorShape(
        type: try type(parameters), dimensions: [-1] + parameters.shape,
        semantic: parameters.semantic)
    ]
  }

  func process(_ batch: Batch) throws {
    let output = try batch.output("tensor", type, shape: [batch.count] + parameters.shape)
    try batch.forEachItem { [size] index in
      guard let path = batch.item(index).path else {
        throw StageError(.input, "this item has no file; give 'input' a 'dir' or 'files'")
      }
      do {
        let reader = try TensorFileReader(path: path)
        let entry = try reader.entry(parameters.key)
        try check(entry, path)
        let memory = UnsafeMutableRawBufferPointer(
          start: output.data.map { $0 + index * size }, count: size)
        try reader.read(entry, into: memory)
      } catch let error as TensorFileError {
        throw StageError(error)
      }
    }
  }

  private func check(_ entry: TensorEntry, _ path: String) throws {
    guard entry.type == type.inFile else {
      throw StageError(
        .input, "'\(path)' holds \(entry.type.rawValue), but 'type' is \(type.rawValue)")
    }
    let hasSameSizes =
      entry.shape == parameters.shape || entry.shape == [1] + parameters.shape
    guard hasSameSizes else {
      throw StageError(
        .input, "'\(path)' has the shape \(entry.shape), but 'shape' is \(parameters.shape)")
    }
  }

  private static func byteCount(_ parameters: Parameters) throws -> Int {
    var bytes = try type(parameters).byteCount
    for side in parameters.shape {
      let (product, isTooLarge) = bytes.multipliedReportingOverflow(by: max(1, side))
      guard !isTooLarge, product <= 1 << 48 else {
        throw StageError(
          .config, "'shape' is \(parameters.shape), more than a tensor can hold",
          parameter: "shape")
      }
      bytes = product
    }
    return parameters.shape.contains(0) ? 0 : bytes
  }

  private static func type(_ parameters: Parameters) throws -> ElementType {
    guard let type = ElementType(rawValue: parameters.type), type.inFile != nil else {
      throw StageError(
        .config, "'\(parameters.type)' is no type of tensor files", parameter: "type")
    }
    return type
  }
}
