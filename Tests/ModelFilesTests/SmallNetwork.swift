import Autograd
import Checkpoints
import ModelFiles
import TensorCore
import TensorFiles

/// Parameters of each kind that networks have.
enum SmallNetwork {
  /// Shapes by name: a convolution (out, in, kh, kw), a matrix (inputs, outputs), a vector.
  static let shapes: [(name: String, shape: Shape)] = [
    ("conv/kernel", [2, 3, 1, 2]), ("dense/kernel", [4, 6]), ("dense/bias", [6]),
  ]

  /// With values 0, 1, 2… over all of them.
  static func counted() -> ParameterSet {
    var next: Float = 0
    return ParameterSet(
      shapes.map { name, shape in
        Parameter(
          name,
          Tensor(shape) { values in
            for index in values.indices {
              values[index] = next
              next += 1
            }
          })
      })
  }

  static func empty() -> ParameterSet {
    ParameterSet(shapes.map { Parameter($0.name, Tensor($0.shape, repeating: .nan)) })
  }
}

/// Writes tensors of f32.
func writeFloats(_ tensors: [(String, [Int], [Float])], to path: String) throws {
  let writer = try SafetensorsWriter(path: path, tensors: tensors.map { ($0.0, .f32, $0.1) })
  for tensor in tensors { try tensor.2.withUnsafeBytes { try writer.append($0) } }
  try writer.publish()
}
