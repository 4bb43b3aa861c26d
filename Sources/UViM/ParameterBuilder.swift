package import Autograd
import Glibc
import TensorCore

/// How the parameters of a network start.
package enum ParameterStart: Sendable {
  /// At random, to be trained.
  case random(seed: UInt64)
  /// At no value: a checkpoint gives them, and nothing is allocated before.
  case unset
}

/// Makes the parameters of a network, in order.
package final class ParameterBuilder {
  /// All that were made.
  package private(set) var parameters: [Parameter] = []
  private let start: ParameterStart

  /// Starts with none.
  package init(_ start: ParameterStart) { self.start = start }

  /// Of a normal distribution.
  func normal(_ name: String, _ shape: Shape, deviation: Float) -> Parameter {
    make(name, shape) { random, values in
      for index in values.indices { values[index] = deviation * random.normal() }
    }
  }

  /// Evenly spread, as wide as suits a matrix of so many inputs and outputs.
  ///
  /// Source: Glorot and Bengio 2010, equation 16.
  func spread(_ name: String, _ shape: Shape, inputs: Int, outputs: Int) -> Parameter {
    let bound = Float((6 / Double(inputs + outputs)).squareRoot())
    return make(name, shape) { random, values in
      for index in values.indices { values[index] = bound * (2 * random.uniform() - 1) }
    }
  }

  func constant(_ name: String, _ shape: Shape, _ value: Float) -> Parameter {
    make(name, shape) { _, values in values.update(repeating: value) }
  }

  private func make(
    _ name: String, _ shape: Shape,
    _ fill: (inout CounterRandom, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Parameter {
    let value: Tensor
    switch start {
    case .unset: value = UnsetValues.tensor(shape)
    case .random(let seed):
      var random = CounterRandom(seed: seed, stream: UInt64(parameters.count))
      value = Tensor(shape) { fill(&random, $0) }
    }
    let parameter = Parameter(name, value)
    parameters.append(parameter)
    return parameter
  }
}

/// Tensors that have a shape and no memory of their own: all of them read as zeros from one page.
enum UnsetValues {
  static func tensor(_ shape: Shape) -> Tensor {
    let bytes = max(shape.count * 4, 1)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = mmap(nil, bytes, PROT_READ, flags, -1, 0), memory != MAP_FAILED else {
      return Tensor.zeros(shape)
    }
    let address = UInt(bitPattern: memory)
    let storage = TensorStorage(borrowing: memory, byteCount: bytes) {
      if let memory = UnsafeMutableRawPointer(bitPattern: address) { munmap(memory, bytes) }
    }
    return Tensor(storage: storage, shape: shape, type: .f32)
  }
}
