import Autograd
import TensorCore
package import TensorFiles

/// Why a network's parameters can't be saved.
package enum ModelSaveError: Error, Hashable, Sendable, CustomStringConvertible {
  case file(TensorFileError)
  case beyondRange(name: String, value: Float, type: WeightType)

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .beyondRange(let name, let value, let type):
      "parameter '\(name)' holds \(value), which is beyond the range of \(type.rawValue); save it as bf16 or f32"
    }
  }
}

/// Writes the parameters of a network as `.safetensors`, under their own names.
package enum ModelSaver {
  /// Elements that are rounded at a time.
  private static let chunk = 1 << 18

  /// Writes a file that is there whole or not at all; its bytes depend on the parameters alone.
  ///
  /// - Parameters:
  ///   - parameters: Saved in order.
  ///   - type: What they are rounded to.
  ///   - metadata: Texts for whoever opens the file.
  ///   - path: Made or replaced.
  /// - Throws: ``ModelSaveError``; what was there before is untouched then.
  package static func save(
    _ parameters: ParameterSet, as type: WeightType = .f32, metadata: [String: String] = [:],
    to path: String
  ) throws(ModelSaveError) {
    let tensors = parameters.parameters.map { ($0.name, type.scalar, $0.value.shape.sizes) }
    var outlier: ModelSaveError?
    do throws(TensorFileError) {
      let writer = try SafetensorsWriter(path: path, tensors: tensors, metadata: metadata)
      for parameter in parameters.parameters where outlier == nil {
        outlier = try append(parameter.value, as: type, to: writer).map {
          .beyondRange(name: parameter.name, value: $0, type: type)
        }
      }
      if outlier == nil { try writer.publish() }
    } catch { throw .file(error) }
    if let outlier { throw outlier }
  }

  /// Writes a tensor; gives a number that the type can't hold, if there is one.
  private static func append(
    _ value: Tensor, as type: WeightType, to writer: SafetensorsWriter
  ) throws(TensorFileError) -> Float? {
    let flat = value.reshaped([value.shape.count])
    var buffer = [UInt8](repeating: 0, count: chunk * type.scalar.byteCount)
    for start in stride(from: 0, to: value.shape.count, by: chunk) {
      let part = flat[start..<min(start + chunk, value.shape.count)].widened
      let bytes = part.shape.count * type.scalar.byteCount
      let outcome: Result<Float?, TensorFileError> = buffer.withUnsafeMutableBytes { memory in
        let memory = UnsafeMutableRawBufferPointer(rebasing: memory[..<bytes])
        let outlier = part.withFloats { floats -> Float? in
          type.narrow(floats, into: memory)
          return floats.first { $0.isFinite && abs($0) > type.greatest }
        }
        if let outlier { return .success(outlier) }
        do throws(TensorFileError) {
          try writer.append(UnsafeRawBufferPointer(memory))
          return .success(nil)
        } catch { return .failure(error) }
      }
      if let outlier = try outcome.get() { return outlier }
    }
    return nil
  }
}
