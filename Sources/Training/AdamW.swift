package import Autograd
import CKernels
import Kernels
package import TensorCore

/// Adam with decoupled weight decay; formulas and sources are in `lattice_adam.h`.
package final class AdamW: Optimizer {
  /// What stays the same over a run.
  package struct Settings: Hashable, Sendable {
    /// Of the moving average of gradients, 0..<1.
    package var b1: Float
    /// Of the moving average of their squares, 0..<1.
    package var b2: Float
    /// Added to the root of that.
    package var epsilon: Float
    /// Share of a weight that a step takes off it, times the rate; not of parameters of one dimension.
    package var decay: Float
    /// The greatest norm of all gradients together; nil for any.
    package var clip: Double?

    /// Takes settings.
    package init(
      b1: Float = 0.9, b2: Float = 0.999, epsilon: Float = 1e-8, decay: Float = 0,
      clip: Double? = nil
    ) {
      self.b1 = b1
      self.b2 = b2
      self.epsilon = epsilon
      self.decay = decay
      self.clip = clip
    }
  }

  /// The settings.
  package let settings: Settings
  /// Steps that were taken.
  package private(set) var steps: Int
  /// Moving averages by name of parameter; with ``steps`` all that a later run needs to go on.
  package private(set) var means: [String: Tensor]
  /// Of squares, likewise.
  package private(set) var squares: [String: Tensor]

  /// Starts, or goes on from what an earlier run left.
  package init(
    _ settings: Settings, steps: Int = 0, means: [String: Tensor] = [:],
    squares: [String: Tensor] = [:]
  ) {
    self.settings = settings
    self.steps = steps
    self.means = means
    self.squares = squares
  }

  package var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (name, mean) in means { state["mean/\(name)"] = mean }
    for (name, square) in squares { state["square/\(name)"] = square }
    return state
  }

  package func restore(_ state: [String: Tensor], steps: Int) {
    self.steps = steps
    means = StateNames.part("mean", of: state)
    squares = StateNames.part("square", of: state)
  }

  @discardableResult
  package func step(
    _ gradients: [Gradient], rate: Double, workers: any Workers
  ) throws(NotANumberError) -> Double {
    let norm = try GradientNorm.of(gradients, step: steps)
    steps += 1
    let scale = GradientNorm.scale(norm, limit: settings.clip)
    for gradient in gradients {
      let parameter = gradient.parameter
      let adam = lattice_adam(
        rate: Float(rate) * parameter.rateFactor, b1: settings.b1, b2: settings.b2,
        eps: settings.epsilon,
        decay: parameter.value.shape.rank > 1 ? settings.decay : 0, scale: scale,
        step: Int64(steps))
      update(parameter, gradient.value, adam, workers)
    }
    return norm
  }

  private func update(
    _ parameter: Parameter, _ gradient: Tensor, _ adam: lattice_adam, _ workers: any Workers
  ) {
    let shape = parameter.value.shape
    var mean = means.removeValue(forKey: parameter.name) ?? Tensor.zeros(shape)
    var square = squares.removeValue(forKey: parameter.name) ?? Tensor.zeros(shape)
    var value = parameter.value
    value.withMutableFloats { value in
      mean.withMutableFloats { mean in
        square.withMutableFloats { square in
          gradient.withFloats { gradient in
            let source = SendableConstant(gradient.baseAddress)
            let targets = [value, mean, square].map { SendablePointer($0.baseAddress) }
            workers.forRanges(value.count, grain: 16_384) { range in
              let start = range.lowerBound
              lattice_adam_f32(
                adam, source.pointer.map { $0 + start }, targets[0].pointer.map { $0 + start },
                targets[1].pointer.map { $0 + start }, targets[2].pointer.map { $0 + start },
                Int64(range.count))
            }
          }
        }
      }
    }
    parameter.value = value
    means[parameter.name] = mean
    squares[parameter.name] = square
  }
}
