import CKernels
package import TensorCore

/// Parts of transformer layers that work on whole tokens; formulas and sources are in `lattice_token_layers.h`.
package enum TokenLayers {
  /// Rows to a chunk of work.
  private static func grain(_ columns: Int) -> Int { max(1, 8192 / max(1, columns)) }

  /// RMS normalisation over the last dimension.
  ///
  /// - Returns: The result, of the input's shape, and the scale of each row.
  package static func rmsNorm(
    _ input: Tensor, gain: Tensor, epsilon: Float, workers: any Workers
  ) -> (output: Tensor, scales: Tensor) {
    let (rows, columns) = (input.shape.rows, input.shape.columns)
    precondition(gain.shape.count == columns, "one gain for each column")
    var scales = Tensor.zeros([rows])
    let output = Tensor(input.shape) { output in
      scales.withMutableFloats { scales in
        let targets = [output, scales].map { SendablePointer($0.baseAddress) }
        let sources = [input, gain].map { SendableConstant($0.withFloats { $0.baseAddress }) }
        workers.forRanges(rows, grain: grain(columns)) { range in
          let start = range.lowerBound
          lattice_rms_norm_f32(
            sources[0].pointer.map { $0 + start * columns }, sources[1].pointer, epsilon,
            targets[0].pointer.map { $0 + start * columns }, targets[1].pointer.map { $0 + start },
            Int64(range.count), Int64(columns))
        }
      }
    }
    withExtendedLifetime((input, gain)) {}
    return (output, scales)
  }

  /// The gradient of ``rmsNorm(_:gain:epsilon:workers:)``'s input.
  package static func rmsNormBackward(
    _ input: Tensor, gain: Tensor, scales: Tensor, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    let (rows, columns) = (input.shape.rows, input.shape.columns)
    let sources = [input, gain, scales, gradient].map { tensor in
      SendableConstant(tensor.withFloats { $0.baseAddress })
    }
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(rows, grain: grain(columns)) { range in
        let start = range.lowerBound
        lattice_rms_norm_backward_f32(
          sources[0].pointer.map { $0 + start * columns }, sources[1].pointer,
          sources[2].pointer.map { $0 + start }, sources[3].pointer.map { $0 + start * columns },
          target.pointer.map { $0 + start * columns }, Int64(range.count), Int64(columns))
      }
      withExtendedLifetime((input, gain, scales, gradient)) {}
    }
  }

  /// What sums up, column by column, to the gradient of an RMS normalisation's gain: x rstd dy.
  package static func rmsNormGainTerms(
    _ input: Tensor, scales: Tensor, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    let columns = input.shape.columns
    let scale = SendableConstant(scales.withFloats { $0.baseAddress })
    let means = Tensor.zeros(scales.shape)
    let none = SendableConstant(means.withFloats { $0.baseAddress })
    let sources = [input, gradient].map { SendableConstant($0.withFloats { $0.baseAddress }) }
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(input.shape.rows, grain: grain(columns)) { range in
        let start = range.lowerBound
        lattice_layer_norm_gain_terms_f32(
          sources[0].pointer.map { $0 + start * columns }, none.pointer.map { $0 + start },
          scale.pointer.map { $0 + start }, sources[1].pointer.map { $0 + start * columns },
          target.pointer.map { $0 + start * columns }, Int64(range.count), Int64(columns))
      }
      withExtendedLifetime((input, gradient, scales, means)) {}
    }
  }

  /// Rotates pairs of values of each head by the angles of its token.
  ///
  /// - Parameters:
  ///   - input: (…, tokens, heads × 2 pairs).
  ///   - angles: Of all tokens.
  ///   - first: The token of the first row.
  ///   - isReturning: True to rotate back.
  ///   - workers: Who computes.
  /// - Returns: Of the input's shape.
  package static func rotate(
    _ input: Tensor, by angles: Rotation, first: Int = 0, isReturning: Bool = false,
    workers: any Workers
  ) -> Tensor {
    let (rows, columns) = (input.shape.rows, input.shape.columns)
    let pairs = angles.cosines.shape.columns
    precondition(columns.isMultiple(of: 2 * pairs), "heads of \(2 * pairs) share \(columns) values")
    let tokens = angles.cosines.shape.rows
    let sources = [input, angles.cosines, angles.sines].map { tensor in
      SendableConstant(tensor.withFloats { $0.baseAddress })
    }
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(rows, grain: grain(columns)) { range in
        let start = range.lowerBound
        lattice_rotate_f32(
          sources[0].pointer.map { $0 + start * columns }, sources[1].pointer, sources[2].pointer,
          isReturning ? -1 : 1, target.pointer.map { $0 + start * columns }, Int64(range.count),
          Int64(first + start), Int64(tokens), Int64(columns / (2 * pairs)), Int64(pairs))
      }
      withExtendedLifetime((input, angles)) {}
    }
  }

  /// a swish times b, for rows that hold a, then b.
  ///
  /// - Parameters:
  ///   - input: (…, 2 width).
  ///   - workers: Who computes.
  /// - Returns: (…, width).
  package static func swiglu(_ input: Tensor, workers: any Workers) -> Tensor {
    let (rows, columns) = (input.shape.rows, input.shape.columns / 2)
    precondition(input.shape.columns == 2 * columns, "two halves of one width")
    let source = SendableConstant(input.withFloats { $0.baseAddress })
    return Tensor(Shape(Array(input.shape.sizes.dropLast()) + [columns])) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(rows, grain: grain(columns)) { range in
        let start = range.lowerBound
        lattice_swiglu_f32(
          source.pointer.map { $0 + start * 2 * columns },
          target.pointer.map { $0 + start * columns }, Int64(range.count), Int64(columns))
      }
      withExtendedLifetime(input) {}
    }
  }

  /// The gradient of ``swiglu(_:workers:)``'s input.
  package static func swigluBackward(
    _ input: Tensor, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    let (rows, columns) = (gradient.shape.rows, gradient.shape.columns)
    let sources = [input, gradient].map { SendableConstant($0.withFloats { $0.baseAddress }) }
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(rows, grain: grain(columns)) { range in
        let start = range.lowerBound
        lattice_swiglu_backward_f32(
          sources[0].pointer.map { $0 + start * 2 * columns },
          sources[1].pointer.map { $0 + start * columns },
          target.pointer.map { $0 + start * 2 * columns }, Int64(range.count), Int64(columns))
      }
      withExtendedLifetime((input, gradient)) {}
    }
  }
}

/// Angles by which tokens are rotated.
package struct Rotation: Sendable {
  /// (tokens, pairs).
  package let cosines: Tensor
  /// (tokens, pairs).
  package let sines: Tensor

  /// Takes angles, (tokens, pairs).
  package init(cosines: Tensor, sines: Tensor) {
    precondition(cosines.shape == sines.shape && cosines.shape.rank == 2)
    self.cosines = cosines
    self.sines = sines
  }
}
