import Autograd
import TensorCore

/// What it costs a bottleneck to stray to where its bound is flat: the mean of relu(|z| - 2)^2.
///
/// Beyond 2 tanh has less than a tenth of its slope, and a value that got there by chance stays.
enum LatentPenalty {
  static let limit: Float = 2

  static func mean(_ latents: Variable, _ pass: Pass) -> Variable {
    let value = latents.value
    let squares = Tensor(value.shape) { target in
      value.withFloats { values in
        for index in target.indices {
          let excess = max(0, abs(values[index]) - limit)
          target[index] = excess * excess
        }
      }
    }
    let each = pass.elementwise(squares, of: latents) { gradient in
      Tensor(value.shape) { target in
        value.withFloats { values in
          gradient.withFloats { gradient in
            for index in target.indices {
              let excess = max(0, abs(values[index]) - limit)
              target[index] = gradient[index] * 2 * (values[index] < 0 ? -excess : excess)
            }
          }
        }
      }
    }
    return pass.mean(each)
  }
}
