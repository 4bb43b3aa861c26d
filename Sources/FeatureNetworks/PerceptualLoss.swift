package import Autograd
package import TensorCore

/// How unlike two pictures are to a network that tells photos apart.
///
/// The mean over levels of the network of |f(x) - f(y)|² / |f(y)|², so that no level outweighs the others.
///
/// Source of the idea: Johnson et al. 2016, "Perceptual losses for real-time style transfer", equation 2.
package struct PerceptualLoss {
  private let network: EfficientNetLite0

  /// Takes a network with its weights, folded; they stay as they are.
  package init(_ network: EfficientNetLite0) { self.network = network }

  /// Compares pictures with what they should be.
  ///
  /// - Parameters:
  ///   - pictures: (N, H, W, 3) of about 0...1.
  ///   - wanted: Of the same shape.
  ///   - pass: Its tape must not learn the network's parameters.
  /// - Returns: The loss, shape [], at least 0.
  /// - Throws: What a convolution throws when memory runs out.
  package func callAsFunction(
    _ pictures: Variable, _ wanted: Tensor, _ pass: Pass
  ) throws -> Variable {
    precondition(pictures.shape == wanted.shape, "one wanted value for each")
    let plain = Pass(workers: pass.workers, precision: pass.precision)
    let targets = try network.levels(Variable(wanted), plain)
    let found = try network.levels(pictures, pass)
    var sum: Variable?
    for (found, target) in zip(found, targets) {
      let part = Self.relativeError(found.variable, target.variable.value, pass)
      sum = sum.map { pass.add($0, part) } ?? part
    }
    let total = sum ?? Variable(Tensor([], [0]))
    return pass.scale(total, by: 1 / Float(max(1, targets.count)))
  }

  /// |a - b|² / |b|².
  private static func relativeError(_ found: Variable, _ target: Tensor, _ pass: Pass) -> Variable {
    let (squares, size) = found.value.withFloats { found in
      target.withFloats { target in
        var (squares, size) = (0.0, 0.0)
        for index in target.indices {
          let difference = Double(found[index] - target[index])
          squares += difference * difference
          size += Double(target[index]) * Double(target[index])
        }
        return (squares, max(size, 1e-12))
      }
    }
    return pass.function([found], value: Tensor([], [Float(squares / size)])) { gradient, _ in
      let scale = 2 * gradient.floats[0] / Float(size)
      return [
        Tensor(target.shape) { slopes in
          found.value.withFloats { found in
            target.withFloats { target in
              for index in slopes.indices { slopes[index] = scale * (found[index] - target[index]) }
            }
          }
        }
      ]
    }
  }
}
