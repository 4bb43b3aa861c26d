import TensorCore

extension Pass {
  /// Some of the last dimension.
  ///
  /// - Parameters:
  ///   - range: Of columns.
  ///   - input: (…, columns).
  /// - Returns: (…, count of the range).
  package func columns(_ range: Range<Int>, of input: Variable) -> Variable {
    let (rows, whole) = (input.shape.rows, input.shape.columns)
    precondition(range.lowerBound >= 0 && range.upperBound <= whole, "columns that there are")
    let width = range.count
    let sizes = Array(input.shape.sizes.dropLast()) + [width]
    let value = Tensor(Shape(sizes)) { target in
      input.value.withFloats { source in
        for row in 0..<rows {
          let part = UnsafeBufferPointer(
            rebasing: source[(row * whole + range.lowerBound)...].prefix(width))
          let to = UnsafeMutableBufferPointer(rebasing: target[(row * width)...].prefix(width))
          _ = to.update(fromContentsOf: part)
        }
      }
    }
    return result(value, of: [input]) { gradient, pass in
      var all = Tensor.zeros(input.shape)
      all.withMutableFloats { target in
        gradient.withFloats { source in
          for row in 0..<rows {
            let part = UnsafeBufferPointer(rebasing: source[(row * width)...].prefix(width))
            let to = UnsafeMutableBufferPointer(
              rebasing: target[(row * whole + range.lowerBound)...].prefix(width))
            _ = to.update(fromContentsOf: part)
          }
        }
      }
      input.accumulate(all, pass)
    }
  }
}
