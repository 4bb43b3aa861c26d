import CKernels
import Kernels
import TensorCore

extension Pass {
  /// The sum over some dimensions.
  ///
  /// - Parameters:
  ///   - input: Any shape.
  ///   - axes: Dimensions to sum over; negative ones count from the end.
  ///   - keepsAxes: Whether they stay, with size 1.
  /// - Returns: The shape without these dimensions.
  package func sum(
    _ input: Variable, over axes: [Int], keepsAxes: Bool = false
  ) -> Variable {
    let rank = input.shape.rank
    let places = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    precondition(places.allSatisfy { (0..<rank).contains($0) }, "\(axes) aren't all dimensions")
    var sum = input
    for axis in places.sorted(by: >) { sum = self.sum(sum, along: axis) }
    guard !keepsAxes else { return sum }
    let sizes = sum.shape.sizes.enumerated().filter { !places.contains($0.offset) }
    return reshape(sum, to: Shape(sizes.map(\.element)))
  }

  /// The average over some dimensions; the parameters are as above.
  package func mean(
    _ input: Variable, over axes: [Int], keepsAxes: Bool = false
  ) -> Variable {
    let count = axes.reduce(1) { $0 * input.shape[$1] }
    return scale(sum(input, over: axes, keepsAxes: keepsAxes), by: 1 / Float(max(1, count)))
  }

  /// The average of all elements, shape [].
  package func mean(_ input: Variable) -> Variable {
    scale(sum(input), by: 1 / Float(max(1, input.shape.count)))
  }

  /// The shares of a row's elements, exp(s x) over their sum, in the last dimension.
  package func softmax(_ input: Variable, scale: Float = 1) -> Variable {
    let (rows, columns) = (input.shape.rows, input.shape.columns)
    let value = rowByRow(input.value, nil, rows, columns) { from, _, to, rows in
      lattice_softmax_f32(from, nil, scale, to, rows, Int64(columns))
    }
    return result(value, of: [input]) { gradient, pass in
      let part = pass.rowByRow(value, gradient, rows, columns) { shares, gradient, to, rows in
        lattice_softmax_backward_f32(shares, gradient, scale, to, rows, Int64(columns))
      }
      input.accumulate(part, pass)
    }
  }

  /// A part of a dimension; negative ones count from the end.
  package func slice(_ input: Variable, axis: Int, _ range: Range<Int>) -> Variable {
    let axis = axis < 0 ? axis + input.shape.rank : axis
    let stack = Stack(input.shape, axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= stack.length,
      "\(range) is not a part of a dimension of \(stack.length)")
    var sizes = input.shape.sizes
    sizes[axis] = range.count
    let shape = Shape(sizes)
    let value = Tensor(shape) { target in
      input.value.withFloats { source in
        stack.eachRun(range) { whole, part in
          copy(source, whole, to: target, part)
        }
      }
    }
    return result(value, of: [input]) { gradient, pass in
      var whole = Tensor.zeros(input.shape)
      whole.withMutableFloats { target in
        gradient.withFloats { source in
          stack.eachRun(range) { whole, part in copy(source, part, to: target, whole) }
        }
      }
      input.accumulate(whole, pass)
    }
  }

  /// Tensors one behind the other along a dimension; all other sizes agree.
  package func join(_ inputs: [Variable], axis: Int) -> Variable {
    precondition(!inputs.isEmpty, "there is something to join")
    let axis = axis < 0 ? axis + inputs[0].shape.rank : axis
    func others(_ input: Variable) -> [Int] {
      input.shape.sizes.enumerated().filter { $0.offset != axis }.map(\.element)
    }
    precondition(
      Set(inputs.map(others)).count == 1, "\(inputs.map(\.shape)) differ beside dimension \(axis)")
    var sizes = inputs[0].shape.sizes
    let lengths = inputs.map { $0.shape[axis] }
    sizes[axis] = lengths.reduce(0, +)
    let shape = Shape(sizes)
    let stack = Stack(shape, axis)
    let starts = lengths.indices.map { lengths[..<$0].reduce(0, +) }
    let value = Tensor(shape) { target in
      for (input, start) in zip(inputs, starts) {
        input.value.withFloats { source in
          stack.eachRun(start..<start + input.shape[axis]) { whole, part in
            copy(source, part, to: target, whole)
          }
        }
      }
    }
    return result(value, of: inputs) { gradient, pass in
      for (input, start) in zip(inputs, starts) where input.needsGradient {
        let part = Tensor(input.shape) { target in
          gradient.withFloats { source in
            stack.eachRun(start..<start + input.shape[axis]) { whole, part in
              copy(source, whole, to: target, part)
            }
          }
        }
        input.accumulate(part, pass)
      }
    }
  }

  /// The sum along one dimension, which stays with size 1.
  private func sum(_ input: Variable, along axis: Int) -> Variable {
    let stack = Stack(input.shape, axis)
    var sizes = input.shape.sizes
    sizes[axis] = 1
    let size = stack.length * stack.inner
    let value = Tensor(Shape(sizes)) { target in
      let to = SendablePointer(target.baseAddress)
      input.value.withFloats { source in
        let from = SendableConstant(source.baseAddress)
        workers.forRanges(stack.outer, grain: max(1, 16_384 / max(1, size))) { range in
          for index in range {
            let part = from.pointer.map { $0 + index * size }
            if stack.inner == 1 {
              to.pointer?[index] = Float(lattice_sum_f32(part, Int64(size)))
            } else {
              lattice_column_sums_f32(
                part, Int64(stack.length), Int64(stack.inner),
                to.pointer.map { $0 + index * stack.inner })
            }
          }
        }
      }
    }
    return result(value, of: [input]) { gradient, pass in
      let part = Tensor(input.shape) { target in
        gradient.withFloats { source in
          for row in 0..<stack.outer * stack.length {
            copy(
              source, row / stack.length * stack.inner..<(row / stack.length + 1) * stack.inner,
              to: target, row * stack.inner..<(row + 1) * stack.inner)
          }
        }
      }
      input.accumulate(part, pass)
    }
  }

  private func rowByRow(
    _ first: Tensor, _ second: Tensor?, _ rows: Int, _ columns: Int,
    _ body:
      @Sendable (
        UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int64
      ) -> Void
  ) -> Tensor {
    Tensor(first.shape) { target in
      let to = SendablePointer(target.baseAddress)
      let from = [first, second].map { tensor in
        SendableConstant(tensor?.withFloats { $0.baseAddress })
      }
      workers.forRanges(rows, grain: max(1, 8192 / max(1, columns))) { range in
        let start = range.lowerBound * columns
        body(
          from[0].pointer.map { $0 + start }, from[1].pointer.map { $0 + start },
          to.pointer.map { $0 + start }, Int64(range.count))
      }
      withExtendedLifetime((first, second)) {}
    }
  }
}

/// A tensor seen as (outer, length, inner) around one dimension.
private struct Stack {
  let outer: Int
  let length: Int
  let inner: Int

  init(_ shape: Shape, _ axis: Int) {
    precondition((0..<shape.rank).contains(axis), "\(axis) is not a dimension of \(shape)")
    outer = shape.sizes[..<axis].reduce(1, *)
    length = shape.sizes[axis]
    inner = shape.sizes[(axis + 1)...].reduce(1, *)
  }

  /// Where a part of the dimension lies in the whole, and in a tensor of that part alone.
  func eachRun(_ part: Range<Int>, _ body: (_ whole: Range<Int>, _ part: Range<Int>) -> Void) {
    let size = part.count * inner
    for index in 0..<outer {
      let start = (index * length + part.lowerBound) * inner
      body(start..<start + size, index * size..<(index + 1) * size)
    }
  }
}

private func copy(
  _ source: UnsafeBufferPointer<Float>, _ from: Range<Int>,
  to target: UnsafeMutableBufferPointer<Float>, _ to: Range<Int>
) {
  let part = UnsafeMutableBufferPointer(rebasing: target[to])
  _ = part.update(fromContentsOf: UnsafeBufferPointer(rebasing: source[from]))
}
