import Autograd
import Kernels
import TensorCore
import Testing
import Training

/// What one and two steps of AdamW make of weights and biases, against the formulas in doubles.
@Suite struct AdamWValueTests {
  private func step(
    _ parameters: [Parameter], _ gradients: [[Float]], _ adam: AdamW, rate: Double
  ) throws {
    try adam.step(
      zip(parameters, gradients).map {
        Gradient(parameter: $0, value: Tensor($0.value.shape, $1))
      }, rate: rate, workers: OneThread())
  }

  /// Decay takes its share of weights alone: biases and gains, of one dimension, are left.
  @Test func decayLeavesBiases() throws {
    let weight = Parameter("w", Tensor([2, 1], [1, -2]))
    let bias = Parameter("b", Tensor([2], [1, -2]))
    let gain = Parameter("g", Tensor([1], [3]))
    try step(
      [weight, bias, gain], [[0, 0], [0, 0], [0]], AdamW(AdamW.Settings(decay: 0.5)), rate: 0.125)
    #expect(weight.value.floats == [0.9375, -1.875])
    #expect(bias.value.floats == [1, -2])
    #expect(gain.value.floats == [3])
  }

  /// Corrected moments, epsilon outside of the root, decay of the weight before the step.
  @Test func valuesAreThoseOfTheFormulas() throws {
    let (b1, b2, epsilon, decay, rate) = (0.75, 0.875, 0.5, 0.25, 0.0625)
    let settings = AdamW.Settings(
      b1: Float(b1), b2: Float(b2), epsilon: Float(epsilon), decay: Float(decay))
    let adam = AdamW(settings)
    let weight = Parameter("w", Tensor([1, 2], [1, -0.5]))
    let bias = Parameter("b", Tensor([2], [1, -0.5]))
    let gradients: [[Float]] = [[0.5, -2], [0.25, 1]]
    var expected = [[1, -0.5], [1, -0.5]]
    var (means, squares) = ([0.0, 0.0], [0.0, 0.0])
    for (number, gradient) in gradients.enumerated() {
      try step([weight, bias], [gradient, gradient], adam, rate: rate)
      for place in 0..<2 {
        let g = Double(gradient[place])
        means[place] = b1 * means[place] + (1 - b1) * g
        squares[place] = b2 * squares[place] + (1 - b2) * g * g
        let steps = number + 1
        let first = means[place] / (1 - power(b1, steps))
        let second = squares[place] / (1 - power(b2, steps))
        let move = first / (second.squareRoot() + epsilon)
        for kind in 0..<2 {
          let share = kind == 0 ? decay : 0
          expected[kind][place] -= rate * (move + share * expected[kind][place])
        }
      }
      for (parameter, values) in zip([weight, bias], expected) {
        #expect(
          zip(parameter.value.floats, values).allSatisfy { abs(Double($0) - $1) < 1e-6 },
          "\(parameter.value.floats), not \(values)")
      }
    }
  }

  private func power(_ base: Double, _ count: Int) -> Double {
    (0..<count).reduce(1) { product, _ in product * base }
  }
}
