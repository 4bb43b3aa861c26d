package import TensorCore

extension Pass {
  /// Rows of a table by number.
  ///
  /// - Parameters:
  ///   - indices: i32, any shape, each in 0..<rows of the table.
  ///   - table: Shape (rows, width).
  /// - Returns: Shape (…, width).
  package func embed(_ indices: Tensor, in table: Parameter) -> Variable {
    let width = table.value.shape.columns
    let rows = table.value.shape.rows
    let numbers = indices.integers
    precondition(numbers.allSatisfy { $0 >= 0 && Int($0) < rows }, "numbers are rows of the table")
    let value = Tensor(Shape(indices.shape.sizes + [width])) { target in
      for (place, number) in numbers.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: target[(place * width)...].prefix(width))
        // A row at a time, so that a table in bf16 stays in bf16.
        let row = table.value.reshaped([rows, width])[Int(number)..<Int(number) + 1].widened
        row.withFloats { _ = part.update(fromContentsOf: $0) }
      }
    }
    guard tape != nil else { return Variable(value) }
    let tableVariable = variable(table)
    return result(value, of: [tableVariable]) { gradient, pass in
      var sums = Tensor.zeros(tableVariable.shape)
      // In the order of places, on one thread: a row that is named often sums up the same way each time.
      sums.withMutableFloats { target in
        gradient.withFloats { source in
          for (place, number) in numbers.enumerated() {
            let (from, to) = (place * width, Int(number) * width)
            for column in 0..<width { target[to + column] += source[from + column] }
          }
        }
      }
      tableVariable.accumulate(sums, pass)
    }
  }
}
