import Autograd
import Foundation
import Kernels
import TensorCore
import Testing
import Training

/// Several steps of what changes weights, against the published rules written out in double.
@Suite struct UpdateRuleTests {
  private static let count = 12

  private func gradients(_ steps: Int) -> [[Double]] {
    (0..<steps).map { step in
      (0..<Self.count).map { index -> Double in
        let mixed = (index * 7 + step * 5) % 11
        return Double(mixed) / 4 - 1.1
      }
    }
  }

  private func expectClose(_ found: [Float], _ wanted: [Double], _ tolerance: Double = 2e-6) {
    #expect(found.count == wanted.count)
    for (a, b) in zip(found, wanted) { #expect(abs(Double(a) - b) < tolerance, "\(a), \(b)") }
  }

  /// Kingma and Ba 2015, algorithm 1, with the decoupled decay of Loshchilov and Hutter 2019, algorithm 2, after clipping
  /// by the norm of all gradients; what has one dimension doesn't decay.
  @Test(arguments: [[3, 4], [12]]) func adamW(shape: [Int]) throws {
    let (rate, b1, b2, epsilon, decay, clip) = (0.05, 0.9, 0.99, 1e-8, 0.1, 1.5)
    let parameter = Parameter("w", Tensor(Shape(shape), repeating: 0.5))
    let optimizer = AdamW(
      AdamW.Settings(b1: 0.9, b2: 0.99, epsilon: 1e-8, decay: 0.1, clip: clip))
    var value = [Double](repeating: 0.5, count: Self.count)
    var (mean, square) = (
      [Double](repeating: 0, count: Self.count), [Double](repeating: 0, count: Self.count)
    )
    for (step, gradient) in gradients(6).enumerated() {
      try optimizer.step(
        [Gradient(parameter: parameter, value: Tensor(Shape(shape), gradient.map { Float($0) }))],
        rate: rate, workers: OneThread())
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let scale = norm > clip ? clip / norm : 1
      let t = Double(step + 1)
      for index in 0..<Self.count {
        let g = gradient[index] * scale
        mean[index] = b1 * mean[index] + (1 - b1) * g
        square[index] = b2 * square[index] + (1 - b2) * g * g
        let first = mean[index] / (1 - pow(b1, t))
        let second = (square[index] / (1 - pow(b2, t))).squareRoot() + epsilon
        value[index] -= rate * (first / second + (shape.count > 1 ? decay * value[index] : 0))
      }
    }
    expectClose(parameter.value.floats, value)
  }

  /// A moving average whose decay grows from 1/10, so that it isn't held back by where weights began.
  @Test func movingAverage() {
    let parameter = Parameter("w", Tensor([Self.count], repeating: 0))
    let average = ExponentialMovingAverage([parameter], decay: 0.95)
    var wanted = [Double](repeating: 0, count: Self.count)
    for (step, values) in gradients(40).enumerated() {
      parameter.value = Tensor([Self.count], values.map { Float($0) })
      average.update([parameter], step: step, workers: OneThread())
      let decay = min(0.95, Double(1 + step) / Double(10 + step))
      for index in wanted.indices {
        wanted[index] = decay * wanted[index] + (1 - decay) * values[index]
      }
    }
    expectClose(average.averages["w"]?.floats ?? [], wanted)
  }

  private static let optimizers: [@Sendable () -> any Optimizer] = [
    { AdamW(AdamW.Settings()) }, { Adafactor(Adafactor.Settings(factoredFrom: 2, clip: nil)) },
  ]

  /// A parameter's factor is one on the rate: a tenth of it moves the weights as a tenth of the rate does.
  @Test(arguments: [0, 1]) func rateFactors(optimizer: Int) throws {
    let (first, second) = (
      Parameter("w", Tensor([3, 4], repeating: 0.5)),
      Parameter("w", Tensor([3, 4], repeating: 0.5))
    )
    first.rateFactor = 0.125
    let (one, other) = (Self.optimizers[optimizer](), Self.optimizers[optimizer]())
    for gradient in gradients(3) {
      let value = Tensor([3, 4], gradient.map { Float($0) })
      try one.step(
        [Gradient(parameter: first, value: value)], rate: 0.5, workers: OneThread())
      try other.step(
        [Gradient(parameter: second, value: value)], rate: 0.0625, workers: OneThread())
    }
    #expect(first.value.floats == second.value.floats)
    #expect(first.value.floats != [Float](repeating: 0.5, count: 12))
  }

  /// A factor of 0 holds a parameter fixed, weight decay included, and asks for no gradient of it.
  @Test func fixedParametersStay() throws {
    let (moving, fixed) = (
      Parameter("a", Tensor([2, 2], repeating: 1)), Parameter("b", Tensor([2, 2], repeating: 1))
    )
    fixed.rateFactor = 0
    let learner = GradientLearner(
      [moving, fixed], optimizer: AdamW(AdamW.Settings(decay: 0.5)),
      rate: LearningRate(peak: 0.1, total: 10, decay: .constant)
    ) { _, _, pass in
      let product = pass.multiply(pass.variable(moving), pass.variable(fixed))
      return GradientLearner.Outcome(loss: pass.sum(product))
    }
    for step in 0..<3 { _ = try learner.step(step, workers: OneThread()) }
    #expect(fixed.value.floats == [1, 1, 1, 1])
    #expect(moving.value.floats.allSatisfy { $0 < 0.8 })
    let moments = learner.state.keys.filter { $0.hasPrefix("optimizer") }.sorted()
    #expect(moments == ["optimizer/mean/a", "optimizer/square/a"])
  }
}
