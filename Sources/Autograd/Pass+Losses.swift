import Glibc
import TensorCore

extension Pass {
  /// The average of (a - b)², shape [].
  package func meanSquaredError(_ first: Variable, _ second: Variable) -> Variable {
    meanDifference(first, second, { $0 * $0 }, slope: { 2 * $0 })
  }

  /// The average of |a - b|, shape []; where both are equal the slope is 0.
  package func meanAbsoluteError(_ first: Variable, _ second: Variable) -> Variable {
    meanDifference(first, second, abs, slope: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 })
  }

  /// The average of max(0, 1 - s x), shape []: zero once x is beyond 1 on the side of the sign `s`.
  package func meanHinge(_ input: Variable, sign: Float) -> Variable {
    mean(of: input, { max(0, 1 - sign * $0) }, slope: { sign * $0 < 1 ? -sign : 0 })
  }

  /// The average of log(1 + exp(s x)), shape [].
  package func meanSoftplus(_ input: Variable, sign: Float) -> Variable {
    mean(
      of: input, { max(0, sign * $0) + log1p(exp(-abs($0))) },
      slope: { sign / (1 + exp(-sign * $0)) })
  }

  private func meanDifference(
    _ first: Variable, _ second: Variable, _ function: (Float) -> Float,
    slope: @escaping (Float) -> Float
  ) -> Variable {
    precondition(first.shape == second.shape, "\(first.shape) and \(second.shape) differ")
    let count = max(1, first.shape.count)
    let total = first.value.withFloats { a in
      second.value.withFloats { b in
        a.indices.reduce(0.0) { $0 + Double(function(a[$1] - b[$1])) }
      }
    }
    return result(Tensor([], [Float(total / Double(count))]), of: [first, second]) {
      gradient, pass in
      let share = gradient.floats[0] / Float(count)
      for (input, sign) in [(first, Float(1)), (second, -1)] where input.needsGradient {
        let part = Tensor(input.shape) { target in
          first.value.withFloats { a in
            second.value.withFloats { b in
              for index in target.indices {
                target[index] = sign * share * slope(a[index] - b[index])
              }
            }
          }
        }
        input.accumulate(part, pass)
      }
    }
  }

  private func mean(
    of input: Variable, _ function: (Float) -> Float, slope: @escaping (Float) -> Float
  ) -> Variable {
    let count = max(1, input.shape.count)
    let total = input.value.withFloats { values in
      values.reduce(0.0) { $0 + Double(function($1)) }
    }
    return result(Tensor([], [Float(total / Double(count))]), of: [input]) { gradient, pass in
      let share = gradient.floats[0] / Float(count)
      let part = Tensor(input.shape) { target in
        input.value.withFloats { values in
          for index in target.indices { target[index] = share * slope(values[index]) }
        }
      }
      input.accumulate(part, pass)
    }
  }
}
