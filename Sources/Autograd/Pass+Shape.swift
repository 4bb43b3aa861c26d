package import TensorCore

extension Pass {
  /// The same elements under other sizes.
  package func reshape(_ input: Variable, to shape: Shape) -> Variable {
    result(input.value.reshaped(shape), of: [input]) { gradient, pass in
      input.accumulate(gradient.reshaped(input.shape), pass)
    }
  }

  /// Some of the outermost dimension.
  package func rows(_ range: Range<Int>, of input: Variable) -> Variable {
    result(input.value[range], of: [input]) { gradient, pass in
      var whole = Tensor.zeros(input.shape)
      let start = range.lowerBound * (input.shape.count / max(1, input.shape[0]))
      whole.withMutableFloats { target in
        gradient.withFloats { source in
          let part = UnsafeMutableBufferPointer(
            rebasing: target[start..<(start + source.count)])
          _ = part.update(fromContentsOf: source)
        }
      }
      input.accumulate(whole, pass)
    }
  }

  /// Joins tensors along the last dimension; all other sizes agree.
  package func joinColumns(_ inputs: [Variable]) -> Variable {
    precondition(!inputs.isEmpty && Set(inputs.map(\.shape.rows)).count == 1)
    let widths = inputs.map(\.shape.columns)
    let total = widths.reduce(0, +)
    let rows = inputs[0].shape.rows
    let sizes = Array(inputs[0].shape.sizes.dropLast()) + [total]
    let value = Tensor(Shape(sizes)) { target in
      var offset = 0
      for (input, width) in zip(inputs, widths) {
        input.value.withFloats { source in
          for row in 0..<rows {
            for column in 0..<width {
              target[row * total + offset + column] = source[row * width + column]
            }
          }
        }
        offset += width
      }
    }
    return result(value, of: inputs) { gradient, pass in
      var offset = 0
      for (input, width) in zip(inputs, widths) {
        defer { offset += width }
        guard input.needsGradient else { continue }
        let part = Tensor(input.shape) { target in
          gradient.withFloats { source in
            for row in 0..<rows {
              for column in 0..<width {
                target[row * width + column] = source[row * total + offset + column]
              }
            }
          }
        }
        input.accumulate(part, pass)
      }
    }
  }

  /// A value that gradients don't go back through.
  package func stopGradient(_ input: Variable) -> Variable { Variable(input.value) }

  /// A value that is put in place of another, whose gradient it passes on unchanged: the straight-through estimator.
  ///
  /// Source: Bengio et al. 2013, "Estimating or propagating gradients through stochastic neurons".
  package func straightThrough(_ value: Tensor, for input: Variable) -> Variable {
    precondition(value.shape == input.shape, "the value stands for one of its own shape")
    return result(value, of: [input]) { gradient, pass in input.accumulate(gradient, pass) }
  }
}
