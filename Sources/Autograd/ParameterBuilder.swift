package import TensorCore

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
  package func normal(_ name: String, _ shape: Shape, deviation: Float) -> Parameter {
    make(name, shape) { random, values in
      for index in values.indices { values[index] = deviation * random.normal() }
    }
  }

  /// Of a normal distribution cut off at two deviations, as wide as suits so many inputs: flax's default.
  ///
  /// Source: LeCun et al. 1998, "Efficient backprop", section 4.6.
  package func lecunNormal(_ name: String, _ shape: Shape, inputs: Int) -> Parameter {
    // What is left between the cuts is less wide, by this factor.
    let deviation = Float((1 / Double(max(1, inputs))).squareRoot() / 0.879_625_661_034_239_8)
    return make(name, shape) { random, values in
      for index in values.indices {
        var value = random.normal()
        while abs(value) > 2 { value = random.normal() }
        values[index] = deviation * value
      }
    }
  }

  /// Evenly spread, as wide as suits a matrix of so many inputs and outputs.
  ///
  /// Source: Glorot and Bengio 2010, equation 16.
  package func spread(_ name: String, _ shape: Shape, inputs: Int, outputs: Int) -> Parameter {
    let bound = Float((6 / Double(inputs + outputs)).squareRoot())
    return make(name, shape) { random, values in
      for index in values.indices { values[index] = bound * (2 * random.uniform() - 1) }
    }
  }

  /// Of one value.
  package func constant(_ name: String, _ shape: Shape, _ value: Float) -> Parameter {
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
