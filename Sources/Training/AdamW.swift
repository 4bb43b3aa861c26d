package import Autograd
import CKernels
import Kernels
package import TensorCore

/// Adam with decoupled weight decay; formulas and sources are in `lattice_adam.h`.
package final class AdamW {
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

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - gradients: Of the loss.
  ///   - rate: The learning rate.
  ///   - workers: Who computes.
  /// - Returns: The norm of all gradients together, before clipping.
  /// - Throws: ``NotANumberError`` when a gradient is none; nothing is changed then.
  @discardableResult
  package func step(
    _ gradients: [Gradient], rate: Double, workers: any Workers
  ) throws(NotANumberError) -> Double {
    let norm = try Self.norm(of: gradients, step: steps)
    steps += 1
    let scale = settings.clip.map { norm > $0 ? Float($0 / norm) : 1 } ?? 1
    for gradient in gradients {
      let parameter = gradient.parameter
      let adam = lattice_adam(
        rate: Float(rate), b1: settings.b1, b2: settings.b2, eps: settings.epsilon,
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

  private static func norm(of gradients: [Gradient], step: Int) throws(NotANumberError) -> Double {
    var sum = 0.0
    for gradient in gradients {
      let part = gradient.value.withFloats {
        lattice_sum_squares_f32($0.baseAddress, Int64($0.count))
      }
      guard part.isFinite else {
        throw NotANumberError(what: "the gradient of '\(gradient.parameter.name)'", step: step)
      }
      sum += part
    }
    return sum.squareRoot()
  }
}

/// A number that is none turned up in training.
package struct NotANumberError: Error, Hashable, CustomStringConvertible {
  /// Which tensor.
  package let what: String
  /// At which step, counted from 0.
  package let step: Int

  /// Names it.
  package init(what: String, step: Int) {
    self.what = what
    self.step = step
  }

  package var description: String {
    """
    \(what) is not finite at step \(step); the last checkpoint is from before. A smaller learning rate, a longer \
    warm-up or clipping of gradients may help
    """
  }
}
