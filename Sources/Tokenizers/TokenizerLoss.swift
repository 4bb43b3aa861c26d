package import Autograd
package import TensorCore

/// What a tokenizer's reconstructions are held to.
package struct TokenizerLoss: Hashable, Sendable {
  /// The weight of the mean absolute difference.
  package var absolute: Float
  /// The weight of the mean squared difference.
  package var squared: Float

  /// Takes weights, each at least 0.
  package init(absolute: Float = 0, squared: Float = 1) {
    precondition(absolute >= 0 && squared >= 0 && absolute + squared > 0)
    self.absolute = absolute
    self.squared = squared
  }

  /// The loss of pictures.
  ///
  /// - Parameters:
  ///   - pictures: (N, H, W, C).
  ///   - wanted: Of the same shape.
  ///   - pass: With a tape.
  /// - Returns: The loss, shape [], and the mean squared difference.
  package func callAsFunction(
    _ pictures: Variable, _ wanted: Tensor, _ pass: Pass
  ) -> (loss: Variable, meanSquared: Double) {
    precondition(pictures.shape == wanted.shape, "one wanted value for each")
    let (absolute, squared) = (absolute, squared)
    let count = Double(wanted.shape.count)
    var sums = (absolute: 0.0, squared: 0.0)
    let slopes = Tensor(wanted.shape) { slopes in
      pictures.value.withFloats { found in
        wanted.withFloats { wanted in
          let scale = 1 / Float(count)
          // Sums of rows, so that thousands of small terms lose nothing.
          for start in stride(from: 0, to: found.count, by: 1024) {
            var (ones, twos): (Float, Float) = (0, 0)
            for index in start..<min(start + 1024, found.count) {
              let difference = found[index] - wanted[index]
              ones += abs(difference)
              twos += difference * difference
              let sign: Float = difference > 0 ? 1 : difference < 0 ? -1 : 0
              slopes[index] = scale * (absolute * sign + 2 * squared * difference)
            }
            sums = (sums.absolute + Double(ones), sums.squared + Double(twos))
          }
        }
      }
    }
    let value =
      (Double(absolute) * sums.absolute + Double(squared) * sums.squared) / count
    let loss = pass.function([pictures], value: Tensor([], [Float(value)])) { gradient, pass in
      [pass.scale(Variable(slopes), by: gradient.floats[0]).value]
    }
    return (loss, sums.squared / count)
  }
}
