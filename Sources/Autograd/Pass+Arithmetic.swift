import CKernels
import Kernels
import TensorCore

/// Elements to a chunk of element-wise work.
private let grain = 16_384

extension Pass {
  /// a + b, of one shape.
  package func add(_ first: Variable, _ second: Variable) -> Variable {
    precondition(first.shape == second.shape, "\(first.shape) and \(second.shape) are not added")
    var value = first.value
    add(second.value, to: &value)
    return result(value, of: [first, second]) { gradient, pass in
      first.accumulate(gradient, pass)
      second.accumulate(gradient, pass)
    }
  }

  /// a b, element by element, of one shape.
  package func multiply(_ first: Variable, _ second: Variable) -> Variable {
    precondition(first.shape == second.shape)
    let value = productOfElements(first.value, second.value)
    return result(value, of: [first, second]) { gradient, pass in
      if first.needsGradient {
        first.accumulate(pass.productOfElements(gradient, second.value), pass)
      }
      if second.needsGradient {
        second.accumulate(pass.productOfElements(gradient, first.value), pass)
      }
    }
  }

  /// s a.
  package func scale(_ input: Variable, by factor: Float) -> Variable {
    result(scaled(input.value, by: factor), of: [input]) { gradient, pass in
      input.accumulate(pass.scaled(gradient, by: factor), pass)
    }
  }

  /// The sum of all elements, shape [].
  package func sum(_ input: Variable) -> Variable {
    let total = input.value.withFloats { lattice_sum_f32($0.baseAddress, Int64($0.count)) }
    return result(Tensor([], [Float(total)]), of: [input]) { gradient, pass in
      input.accumulate(Tensor(input.shape, repeating: gradient.floats[0]), pass)
    }
  }

  /// Adds `part` to `sum`, element by element.
  func add(_ part: Tensor, to sum: inout Tensor) {
    let count = sum.shape.count
    let workers = workers
    part.withFloats { source in
      let source = SendableConstant(source.baseAddress)
      sum.withMutableFloats { target in
        let target = SendablePointer(target.baseAddress)
        workers.forRanges(count, grain: grain) { range in
          lattice_add_f32(
            source.pointer.map { $0 + range.lowerBound },
            target.pointer.map { $0 + range.lowerBound }, Int64(range.count))
        }
      }
    }
  }

  /// Adds a vector to each row.
  func addToRows(_ vector: Tensor, of matrix: inout Tensor) {
    let (rows, columns) = (matrix.shape.rows, matrix.shape.columns)
    precondition(vector.shape.count == columns, "one value for each column")
    let workers = workers
    vector.withFloats { vector in
      let source = SendableConstant(vector.baseAddress)
      matrix.withMutableFloats { target in
        let target = SendablePointer(target.baseAddress)
        workers.forRanges(rows, grain: max(1, grain / max(1, columns))) { range in
          lattice_add_row_f32(
            source.pointer, target.pointer.map { $0 + range.lowerBound * columns },
            Int64(range.count), Int64(columns))
        }
      }
    }
  }

  /// The sum of each column, in an order that doesn't depend on threads.
  func columnSums(_ matrix: Tensor) -> Tensor {
    let (rows, columns) = (matrix.shape.rows, matrix.shape.columns)
    let chunk = Int(LATTICE_SUM_ROWS)
    let chunks = (rows + chunk - 1) / chunk
    let workers = workers
    let partial = Tensor([chunks, columns]) { partial in
      let target = SendablePointer(partial.baseAddress)
      matrix.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(chunks) { range in
          for index in range {
            lattice_column_sums_f32(
              source.pointer.map { $0 + index * chunk * columns },
              Int64(min(chunk, rows - index * chunk)), Int64(columns),
              target.pointer.map { $0 + index * columns })
          }
        }
      }
    }
    return Tensor([columns]) { sums in
      partial.withFloats {
        lattice_column_sums_f32($0.baseAddress, Int64(chunks), Int64(columns), sums.baseAddress)
      }
    }
  }

  private func productOfElements(_ first: Tensor, _ second: Tensor) -> Tensor {
    ElementwiseWork.map(first, second, workers: workers) { lattice_multiply_f32($0, $1, $2, $3) }
  }

  private func scaled(_ input: Tensor, by factor: Float) -> Tensor {
    ElementwiseWork.map(input, workers: workers) { lattice_scale_f32($0, factor, $1, $2) }
  }
}
