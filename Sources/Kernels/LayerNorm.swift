import CKernels
package import TensorCore

/// Layer normalisation over the last dimension; formulas and source are in `lattice_norm.h`.
package enum LayerNorm {
  /// What normalising gave, and what its gradient takes.
  package struct Result {
    /// Of the input's shape.
    package let output: Tensor
    let means: Tensor
    let scales: Tensor
  }

  /// Normalises.
  ///
  /// - Parameters:
  ///   - input: Shape (…, width).
  ///   - gain: Shape (width).
  ///   - offset: Shape (width); nil for none.
  ///   - epsilon: Added to the variance.
  ///   - workers: Who computes.
  /// - Returns: The result.
  package static func forward(
    _ input: Tensor, gain: Tensor, offset: Tensor?, epsilon: Float, workers: any Workers
  ) -> Result {
    let (rows, columns) = (input.shape.rows, input.shape.columns)
    precondition(gain.shape.count == columns, "one gain for each column")
    var means = Tensor.zeros([rows])
    var scales = Tensor.zeros([rows])
    let output = Tensor(input.shape) { output in
      means.withMutableFloats { means in
        scales.withMutableFloats { scales in
          let targets = [output, means, scales].map { SendablePointer($0.baseAddress) }
          let source = SendableConstant(input.withFloats { $0.baseAddress })
          let gain = SendableConstant(gain.withFloats { $0.baseAddress })
          let offset = SendableConstant(offset?.withFloats { $0.baseAddress })
          workers.forRanges(rows, grain: max(1, 8192 / max(1, columns))) { range in
            let start = range.lowerBound
            lattice_layer_norm_f32(
              source.pointer.map { $0 + start * columns }, gain.pointer, offset.pointer, epsilon,
              targets[0].pointer.map { $0 + start * columns },
              targets[1].pointer.map { $0 + start },
              targets[2].pointer.map { $0 + start }, Int64(range.count), Int64(columns))
          }
        }
      }
    }
    withExtendedLifetime((input, gain, offset)) {}
    return Result(output: output, means: means, scales: scales)
  }

  /// The gradient of the input.
  package static func backward(
    _ input: Tensor, gain: Tensor, _ result: Result, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    rowByRow(input, result, gradient, workers) { x, mean, scale, dy, to, rows, columns in
      gain.withFloats {
        lattice_layer_norm_backward_f32(x, $0.baseAddress, mean, scale, dy, to, rows, columns)
      }
    }
  }

  /// What sums up, column by column, to the gradient of the gain.
  package static func gainTerms(
    _ input: Tensor, _ result: Result, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    rowByRow(input, result, gradient, workers) { x, mean, scale, dy, to, rows, columns in
      lattice_layer_norm_gain_terms_f32(x, mean, scale, dy, to, rows, columns)
    }
  }

  private typealias Floats = UnsafePointer<Float>

  private static func rowByRow(
    _ input: Tensor, _ result: Result, _ gradient: Tensor, _ workers: any Workers,
    _ body:
      @Sendable (
        Floats?, Floats?, Floats?, Floats?, UnsafeMutablePointer<Float>?, Int64, Int64
      ) -> Void
  ) -> Tensor {
    let (rows, columns) = (input.shape.rows, input.shape.columns)
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      let sources = [input, result.means, result.scales, gradient].map { tensor in
        SendableConstant(tensor.withFloats { $0.baseAddress })
      }
      workers.forRanges(rows, grain: max(1, 8192 / max(1, columns))) { range in
        let start = range.lowerBound
        body(
          sources[0].pointer.map { $0 + start * columns }, sources[1].pointer.map { $0 + start },
          sources[2].pointer.map { $0 + start }, sources[3].pointer.map { $0 + start * columns },
          target.pointer.map { $0 + start * columns }, Int64(range.count), Int64(columns))
      }
      withExtendedLifetime((input, result.means, result.scales, gradient)) {}
    }
  }
}
