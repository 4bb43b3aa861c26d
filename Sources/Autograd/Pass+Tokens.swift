import Kernels
package import TensorCore

extension Pass {
  /// Adds one tensor to each item of a batch, as positions are added to tokens.
  ///
  /// - Parameters:
  ///   - input: Shape (batch, …).
  ///   - part: As many elements as one item.
  /// - Returns: Of the input's shape.
  package func addToEach(_ input: Variable, _ part: Variable) -> Variable {
    let count = part.shape.count
    precondition(
      count > 0 && input.shape.count == input.shape[0] * count,
      "\(part.shape) is no item of \(input.shape)")
    var value = input.value
    part.value.withFloats { source in
      value.withMutableFloats { target in
        for start in stride(from: 0, to: target.count, by: count) {
          for index in 0..<count { target[start + index] += source[index] }
        }
      }
    }
    return result(value, of: [input, part]) { gradient, pass in
      if part.needsGradient {
        let rows = gradient.reshaped([input.shape[0], count])
        part.accumulate(pass.columnSums(rows).reshaped(part.shape), pass)
      }
      input.accumulate(gradient, pass)
    }
  }

  /// Each item's tokens as weighted sums of its tokens: y = M x.
  ///
  /// - Parameters:
  ///   - input: Shape (batch, tokens, width).
  ///   - matrix: Held fixed, shape (tokens out, tokens).
  /// - Returns: Shape (batch, tokens out, width).
  package func mixTokens(_ input: Variable, by matrix: Tensor) -> Variable {
    precondition(
      input.shape.rank == 3 && matrix.shape.rank == 2 && matrix.shape[1] == input.shape[1],
      "\(matrix.shape) does not mix tokens of \(input.shape)")
    return result(mixed(input.value, matrix, isTransposed: false), of: [input]) { gradient, pass in
      input.accumulate(pass.mixed(gradient, matrix, isTransposed: true), pass)
    }
  }

  /// Exchanges the last two dimensions.
  package func exchangeColumns(_ input: Variable) -> Variable {
    precondition(input.shape.rank >= 2, "a matrix has two dimensions")
    return result(exchanged(input.value), of: [input]) { gradient, pass in
      input.accumulate(pass.exchanged(gradient), pass)
    }
  }

  /// M x or M' x for each item of x; always in f32: it is little work, and what follows may round.
  private func mixed(_ input: Tensor, _ matrix: Tensor, isTransposed: Bool) -> Tensor {
    let (batch, tokens, width) = (input.shape[0], input.shape[1], input.shape[2])
    let rows = isTransposed ? matrix.shape[1] : matrix.shape[0]
    let workers = workers
    return Tensor([batch, rows, width]) { target in
      for item in 0..<batch {
        let right = PackedMatrix(
          input[item..<(item + 1)].reshaped([tokens, width]), precision: .f32, workers: workers)
        let part = Gemm.multiply(matrix, isTransposed: isTransposed, right, workers: workers)
        part.withFloats { source in
          let place = UnsafeMutableBufferPointer(
            rebasing: target[(item * rows * width)...].prefix(rows * width))
          _ = place.update(fromContentsOf: source)
        }
      }
    }
  }

  private func exchanged(_ input: Tensor) -> Tensor {
    let (rows, columns) = (input.shape[-2], input.shape[-1])
    let count = input.shape.count / max(1, rows * columns)
    let sizes = Array(input.shape.sizes.dropLast(2)) + [columns, rows]
    let workers = workers
    return Tensor(Shape(sizes)) { target in
      let target = SendablePointer(target.baseAddress)
      input.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(count) { range in
          guard let from = source.pointer, let to = target.pointer else { return }
          for item in range {
            let start = item * rows * columns
            for row in 0..<rows {
              for column in 0..<columns {
                to[start + column * rows + row] = from[start + row * columns + column]
              }
            }
          }
        }
      }
    }
  }
}
