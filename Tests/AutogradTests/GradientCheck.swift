import Autograd
import Kernels
import TensorCore
import Testing

/// Gradients against central differences.
enum GradientCheck {
  /// Values between -1 and 1 that look random and are the same each time.
  static func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var state = seed &* 2_654_435_761 &+ 12_345
    return Tensor(shape) { elements in
      for index in elements.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        elements[index] = Float(state >> 40) / Float(1 << 23) - 1
      }
    }
  }

  /// Checks the gradients of all parameters of a function.
  ///
  /// The loss is the sum of the result times fixed weights, added up in double; slopes are central differences, so that
  /// their error is that of f32 by the step.
  ///
  /// - Parameters:
  ///   - parameters: What the function depends on.
  ///   - step: Of the differences.
  ///   - tolerance: Of a gradient, absolute.
  ///   - threads: That compute.
  ///   - function: Computes a tensor.
  ///   - sourceLocation: Where a fault is shown.
  static func check(
    _ parameters: [Parameter], step: Float = 1 / 64, tolerance: Float = 2e-3, threads: Int = 2,
    _ function: (Pass) -> Variable, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let team = ThreadTeam(threadCount: threads)
    let tape = Tape()
    let pass = Pass(workers: team, tape: tape)
    let output = function(pass)
    let weights = values(output.shape, seed: 99)
    let loss = pass.sum(pass.multiply(output, Variable(weights)))
    let gradients = tape.gradients(of: loss, pass)
    #expect(gradients.count == parameters.count, sourceLocation: sourceLocation)
    for gradient in gradients {
      let parameter = gradient.parameter
      let analytic = gradient.value.floats
      let original = parameter.value
      for index in analytic.indices {
        func loss(_ shift: Float) -> Double {
          var moved = original
          moved.withMutableFloats { $0[index] += shift }
          parameter.value = moved
          let plain = Pass(workers: team)
          return zip(function(plain).value.floats, weights.floats).reduce(0) {
            $0 + Double($1.0) * Double($1.1)
          }
        }
        let slope = Float((loss(step) - loss(-step)) / Double(2 * step))
        #expect(
          abs(slope - analytic[index]) <= tolerance,
          "\(parameter.name)[\(index)]: \(analytic[index]), by differences \(slope)",
          sourceLocation: sourceLocation)
      }
      parameter.value = original
    }
  }
}
