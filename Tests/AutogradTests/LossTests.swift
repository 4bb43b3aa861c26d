import Autograd
import Kernels
import TensorCore
import Testing

@Suite struct LossTests {
  private func parameter(_ name: String, _ values: [Float]) -> Parameter {
    Parameter(name, Tensor([values.count], values))
  }

  @Test func errors() {
    let (a, b) = (parameter("a", [1, -2, 3, 0.5]), parameter("b", [0.5, 2, 3.5, -1]))
    GradientCheck.check([a, b]) { $0.meanSquaredError($0.variable(a), $0.variable(b)) }
    GradientCheck.check([a, b]) { $0.meanAbsoluteError($0.variable(a), $0.variable(b)) }
    let pass = Pass(workers: OneThread())
    let (x, y) = (Variable(a.value), Variable(b.value))
    #expect(pass.meanSquaredError(x, y).value.floats == [(0.25 + 16 + 0.25 + 2.25) / 4])
    #expect(pass.meanAbsoluteError(x, y).value.floats == [(0.5 + 4 + 0.5 + 1.5) / 4])
  }

  @Test(arguments: AdversarialLoss.allCases) func adversaries(loss: AdversarialLoss) {
    let (real, made) = (parameter("r", [0.4, 3, -2, 0]), parameter("m", [0.2, -3, 2]))
    GradientCheck.check([real, made]) { pass in
      loss.ofDiscriminator(real: pass.variable(real), made: pass.variable(made), pass)
    }
    GradientCheck.check([made]) { loss.ofGenerator($0.variable(made), $0) }
  }

  /// By numpy, in double.
  @Test func adversariesByNumbers() {
    let pass = Pass(workers: OneThread())
    let (real, made) = (Variable(Tensor([2], [2, -1])), Variable(Tensor([2], [0.5, -40])))
    func value(_ variable: Variable) -> Float { variable.value.floats[0] }
    let hinge = AdversarialLoss.hinge
    #expect(value(hinge.ofDiscriminator(real: real, made: made, pass)) == 1.75)
    #expect(value(hinge.ofGenerator(made, pass)) == 19.75)
    let soft = AdversarialLoss.nonSaturating
    #expect(abs(value(soft.ofDiscriminator(real: real, made: made, pass)) - 1.207_133_4) < 1e-6)
    #expect(abs(value(soft.ofGenerator(made, pass)) - 20.237_038) < 1e-5)
  }

  /// D(x) = (w x)² / 2 has g = (w x) w: the penalty is the average of (w x)² |w|² / 2, all by hand.
  @Test func penaltyOfASquare() throws {
    let weight = Parameter("w", Tensor([3, 1], [0.5, -1, 0.25]))
    let images = Tensor([2, 3], [1, 0.5, -0.5, 0.2, 0.9, 0.4])
    let (penalty, gradients) = try GradientPenalty()(images, workers: OneThread()) { input, pass in
      let product = pass.linear(input, weight: weight)
      return pass.scale(pass.multiply(product, product), by: 0.5)
    }
    let w = weight.value.floats
    let norm = w.reduce(0) { $0 + $1 * $1 }
    var expected = [Float](repeating: 0, count: 3)
    var expectedPenalty: Float = 0
    for picture in 0..<2 {
      let x = Array(images.floats[(picture * 3)..<(picture * 3 + 3)])
      let dot = zip(w, x).reduce(0) { $0 + $1.0 * $1.1 }
      expectedPenalty += dot * dot * norm / 4
      for place in 0..<3 { expected[place] += (dot * norm * x[place] + dot * dot * w[place]) / 2 }
    }
    #expect(abs(Float(penalty) - expectedPenalty) < 1e-6)
    #expect(gradients.map(\.parameter.name) == ["w"])
    #expect(
      zip(gradients[0].value.floats, expected).allSatisfy { abs($0 - $1) < 1e-4 },
      "\(gradients[0].value.floats), by hand \(expected)")
  }

  /// Against central differences of the penalty itself, for a net with bends in it.
  @Test func penaltyOfANet() throws {
    let first = Parameter("a", GradientCheck.values([6, 8], seed: 1))
    let second = Parameter("b", GradientCheck.values([8, 1], seed: 2))
    let images = GradientCheck.values([3, 6], seed: 3)
    func penalty() throws -> (penalty: Double, gradients: [Gradient]) {
      try GradientPenalty()(images, workers: OneThread()) { input, pass in
        let hidden = pass.activate(pass.linear(input, weight: first), .tanh)
        return pass.linear(hidden, weight: second)
      }
    }
    let gradients = try penalty().gradients
    #expect(gradients.count == 2)
    for gradient in gradients {
      let original = gradient.parameter.value
      for index in stride(from: 0, to: original.shape.count, by: 3) {
        func moved(_ shift: Float) throws -> Double {
          var value = original
          value.withMutableFloats { $0[index] += shift }
          gradient.parameter.value = value
          return try penalty().penalty
        }
        let slope = (try moved(1 / 64) - (try moved(-1 / 64))) * 32
        #expect(abs(slope - Double(gradient.value.floats[index])) < 3e-3)
      }
      gradient.parameter.value = original
    }
  }

  /// A discriminator that says the same of everything has none.
  @Test func noPenaltyWithoutASlope() throws {
    let bias = Parameter("b", Tensor([1], [2]))
    let none = try GradientPenalty()(Tensor([2, 3], repeating: 1), workers: OneThread()) {
      _, pass in
      pass.variable(bias)
    }
    #expect(none.penalty == 0 && none.gradients.isEmpty)
  }
}
