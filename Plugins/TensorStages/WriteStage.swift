import StageSDK
import TensorFiles

/// Writes a tensor of each item to a file.
final class WriteStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let key: String
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "tensor.write", version: "1.0.0",
    summary: "Writes a tensor of each item as .npy or .safetensors.", kind: .sink,
    parameters: [
      .string(
        "name", default: "{item.stem}.npy", isTemplate: true,
        "The file's name; its ending chooses the format, .npy or .safetensors. bf16 in .npy is what numpy calls V2: x.view(ml_dtypes.bfloat16)."
      ),
      .string("key", default: "tensor", "The tensor's name within a .safetensors file."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [.anyTensor("tensor", ElementType.allCases, "What to write, the batch first.")],
    isParallel: true)

  private let parameters: Parameters

  init(parameters: Parameters, context: StageContext) throws {
    try Self.checkName(parameters)
    self.parameters = parameters
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try checkName(parameters)
    return [:]
  }

  func process(_ batch: Batch) throws {
    let tensor = try batch.input("tensor")
    guard let type = tensor.type.inFile else {
      throw StageError(.unsupported, "tensor files can't hold \(tensor.type.rawValue)")
    }
    let shape = Array(tensor.shape.dropFirst())
    let size = shape.reduce(type.byteCount, *)
    try batch.forEachItem { index in
      let path = try batch.outputFile(
        item: index, name: parameters.name, existing: parameters.exists)
      let memory = UnsafeRawBufferPointer(
        start: tensor.data.map { $0 + index * size }, count: size)
      let file = TensorFileWriter.Tensor(
        name: parameters.key, type: type, shape: shape, memory: memory)
      do throws(TensorFileError) {
        if parameters.name.hasSuffix(".npy") {
          try TensorFileWriter.writeNPY(file, to: path)
        } else {
          try TensorFileWriter.writeSafetensors([file], to: path)
        }
      } catch {
        throw StageError(error)
      }
    }
  }

  private static func checkName(_ parameters: Parameters) throws {
    guard [".npy", ".safetensors"].contains(where: { parameters.name.hasSuffix($0) }) else {
      throw StageError(
        .config, "'\(parameters.name)' ends neither in .npy nor in .safetensors", parameter: "name")
    }
  }
}
