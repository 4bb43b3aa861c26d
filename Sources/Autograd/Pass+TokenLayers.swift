package import Kernels
package import TensorCore

extension Pass {
  /// Rotates pairs of values of each head by the angles of its token.
  ///
  /// Source: Su et al. 2021, "RoFormer", equation 34.
  ///
  /// - Parameters:
  ///   - input: (batch, tokens, heads × 2 pairs).
  ///   - angles: Of the tokens.
  /// - Returns: Of the input's shape.
  package func rotate(_ input: Variable, by angles: Rotation) -> Variable {
    let value = TokenLayers.rotate(input.value, by: angles, workers: workers)
    return result(value, of: [input]) { gradient, pass in
      input.accumulate(
        TokenLayers.rotate(gradient, by: angles, isReturning: true, workers: pass.workers), pass)
    }
  }

  /// swish(a) b for rows that hold a, then b.
  ///
  /// Source: Shazeer 2020, "GLU variants improve transformer", equation 6.
  ///
  /// - Parameter input: (…, 2 width).
  /// - Returns: (…, width).
  package func swiglu(_ input: Variable) -> Variable {
    result(TokenLayers.swiglu(input.value, workers: workers), of: [input]) { gradient, pass in
      input.accumulate(
        TokenLayers.swigluBackward(input.value, gradient, workers: pass.workers), pass)
    }
  }

  /// x (1 + scale) + shift, with vectors of each item.
  ///
  /// Source: Peebles and Xie 2023, "Scalable diffusion models with transformers", section 3.2.
  ///
  /// - Parameters:
  ///   - input: (batch, tokens, width).
  ///   - vectors: (batch, parts × width).
  ///   - scale: Which part of the vectors.
  ///   - shift: Likewise.
  /// - Returns: Of the input's shape.
  package func modulate(
    _ input: Variable, by vectors: Variable, scale: Int, shift: Int
  ) -> Variable {
    let value = Modulation.modulate(
      input.value, by: vectors.value, scale: scale, shift: shift, workers: workers)
    return result(value, of: [input, vectors]) { gradient, pass in
      if input.needsGradient {
        input.accumulate(
          Modulation.scaled(
            gradient, by: vectors.value, part: scale, one: 1, workers: pass.workers),
          pass)
      }
      if vectors.needsGradient {
        vectors.accumulate(
          Modulation.sums(
            of: gradient, times: input.value, products: scale, sums: shift, shape: vectors.shape,
            workers: pass.workers), pass)
      }
    }
  }

  /// x + gate z, with a gate of each item.
  ///
  /// - Parameters:
  ///   - input: (batch, tokens, width).
  ///   - added: z, likewise.
  ///   - vectors: (batch, parts × width).
  ///   - gate: Which part of the vectors.
  /// - Returns: Of the input's shape.
  package func gated(
    _ input: Variable, _ added: Variable, by vectors: Variable, gate: Int
  ) -> Variable {
    let value = Modulation.gate(
      input.value, added.value, by: vectors.value, gate: gate, workers: workers)
    return result(value, of: [input, added, vectors]) { gradient, pass in
      input.accumulate(gradient, pass)
      if added.needsGradient {
        added.accumulate(
          Modulation.scaled(gradient, by: vectors.value, part: gate, one: 0, workers: pass.workers),
          pass)
      }
      if vectors.needsGradient {
        vectors.accumulate(
          Modulation.sums(
            of: gradient, times: added.value, products: gate, sums: nil, shape: vectors.shape,
            workers: pass.workers), pass)
      }
    }
  }

  /// Sums of rows of a table: a token of several digits is the sum of their vectors.
  ///
  /// - Parameters:
  ///   - indices: i32, (…, parts), each a row of the table; a negative one adds nothing.
  ///   - table: (rows, width).
  /// - Returns: (…, width).
  package func embedSum(_ indices: Tensor, in table: Parameter) -> Variable {
    let (rows, width) = (table.value.shape.rows, table.value.shape.columns)
    let parts = indices.shape.columns
    let numbers = indices.integers
    precondition(numbers.allSatisfy { Int($0) < rows }, "numbers are rows of the table")
    let tableVariable = variable(table)
    let sizes = Array(indices.shape.sizes.dropLast()) + [width]
    let value = Tensor(Shape(sizes)) { target in
      target.update(repeating: 0)
      table.value.withFloats { source in
        for (place, number) in numbers.enumerated() where number >= 0 {
          let (from, to) = (Int(number) * width, place / parts * width)
          for column in 0..<width { target[to + column] += source[from + column] }
        }
      }
    }
    return result(value, of: [tableVariable]) { gradient, pass in
      var sums = Tensor.zeros(tableVariable.shape)
      sums.withMutableFloats { target in
        gradient.withFloats { source in
          for (place, number) in numbers.enumerated() where number >= 0 {
            let (from, to) = (place / parts * width, Int(number) * width)
            for column in 0..<width { target[to + column] += source[from + column] }
          }
        }
      }
      tableVariable.accumulate(sums, pass)
    }
  }

  /// Sets a share of values to 0 and makes up for it, so that the average stays.
  ///
  /// Source: Srivastava et al. 2014, "Dropout".
  ///
  /// - Parameters:
  ///   - input: Any shape.
  ///   - rate: The share, 0..<1.
  ///   - random: Which; advanced.
  /// - Returns: Of the input's shape.
  package func dropout(_ input: Variable, rate: Float, random: inout CounterRandom) -> Variable {
    precondition(rate >= 0 && rate < 1, "dropout leaves something")
    guard rate > 0 else { return input }
    let scale = 1 / (1 - rate)
    let limit = UInt64(Double(rate) * 65_536)
    var bits = (UInt64(0), 0)
    let mask = Tensor(input.shape) { target in
      for index in target.indices {
        if bits.1 == 0 { bits = (random.next(), 4) }
        target[index] = bits.0 & 0xFFFF < limit ? 0 : scale
        bits = (bits.0 >> 16, bits.1 - 1)
      }
    }
    return multiply(input, Variable(mask))
  }

  /// Some rows of all but the last dimension, in any order.
  ///
  /// - Parameters:
  ///   - numbers: Each in 0..<rows of the input.
  ///   - input: (…, width).
  /// - Returns: (count of numbers, width).
  package func gatherRows(_ numbers: [Int], of input: Variable) -> Variable {
    let (rows, width) = (input.shape.rows, input.shape.columns)
    precondition(numbers.allSatisfy { (0..<rows).contains($0) }, "numbers are rows")
    let value = Tensor([numbers.count, width]) { target in
      input.value.withFloats { source in
        for (place, number) in numbers.enumerated() {
          let row = UnsafeBufferPointer(rebasing: source[(number * width)...].prefix(width))
          let part = UnsafeMutableBufferPointer(rebasing: target[(place * width)...].prefix(width))
          _ = part.update(fromContentsOf: row)
        }
      }
    }
    return result(value, of: [input]) { gradient, pass in
      var sums = Tensor.zeros(input.shape)
      sums.withMutableFloats { target in
        gradient.withFloats { source in
          for (place, number) in numbers.enumerated() {
            let (from, to) = (place * width, number * width)
            for column in 0..<width { target[to + column] += source[from + column] }
          }
        }
      }
      input.accumulate(sums, pass)
    }
  }
}
