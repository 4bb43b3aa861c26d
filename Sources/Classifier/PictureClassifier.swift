package import Autograd
import Kernels
import TensorCore

/// A small convolutional network that tells what a picture shows.
///
/// Each level is two 3x3 convolutions, each with group normalisation and swish, then the greatest of 2x2 pixels; what is
/// left is averaged over the picture and multiplied out to classes.
package final class PictureClassifier: Sendable {
  package let configuration: ClassifierConfiguration
  private let levels: [[Convolution]]
  private let kernel: Parameter
  private let bias: Parameter

  private struct Convolution: Sendable {
    let kernel, gain, offset: Parameter
  }

  /// Makes a network as training begins with it.
  ///
  /// - Parameters:
  ///   - configuration: Without fault.
  ///   - seed: Of its parameters.
  package init(_ configuration: ClassifierConfiguration, seed: UInt64 = 0) {
    precondition(configuration.fault == nil, "sizes fit one another")
    self.configuration = configuration
    var stream: UInt64 = 0
    // He et al. 2015, "Delving deep into rectifiers": deviation by the inputs of a sum.
    func weights(_ name: String, _ shape: Shape, inputs: Int) -> Parameter {
      stream += 1
      var random = CounterRandom(seed: seed, stream: stream)
      let deviation = (2 / Float(inputs)).squareRoot()
      return Parameter(
        name,
        Tensor(shape) { target in
          for index in target.indices { target[index] = random.normal() * deviation }
        })
    }
    var channels = 3
    levels = configuration.widths.enumerated().map { level, width in
      (0..<2).map { number in
        defer { channels = width }
        let name = "levels/\(level)/\(number)"
        return Convolution(
          kernel: weights("\(name)/kernel", [width, channels, 3, 3], inputs: 9 * channels),
          gain: Parameter("\(name)/norm/scale", Tensor([width], repeating: 1)),
          offset: Parameter("\(name)/norm/bias", Tensor.zeros([width])))
      }
    }
    kernel = weights(
      "classes/kernel", [channels, configuration.classes], inputs: 2 * channels)
    bias = Parameter("classes/bias", Tensor.zeros([configuration.classes]))
  }

  /// All that is learned.
  package var parameters: [Parameter] {
    levels.flatMap { $0.flatMap { [$0.kernel, $0.gain, $0.offset] } } + [kernel, bias]
  }

  /// What is seen in each picture, before it is named: a vector that pictures can be compared by.
  ///
  /// - Parameters:
  ///   - pictures: (N, size, size, 3) of 0...1.
  ///   - pass: How to compute.
  /// - Returns: (N, last width).
  /// - Throws: `ConvolutionError` when the machine is out of memory.
  package func features(_ pictures: Variable, _ pass: Pass) throws -> Variable {
    var map = pass.features(pictures)
    for level in levels {
      for part in level {
        map = pass.groupNorm(
          try pass.convolve(map, weight: part.kernel), gain: part.gain, offset: part.offset,
          groups: configuration.groups, activation: .swish)
      }
      map = pass.maxPool(map)
    }
    let average = pass.pixels(pass.averagePool(overAllOf: map))
    return pass.reshape(average, to: [average.shape[0], average.shape[3]])
  }

  /// Logits of the classes.
  ///
  /// - Parameters:
  ///   - features: As ``features(_:_:)`` gives them.
  ///   - pass: How to compute.
  /// - Returns: (N, classes).
  package func logits(_ features: Variable, _ pass: Pass) -> Variable {
    pass.linear(features, weight: kernel, bias: bias)
  }
}
