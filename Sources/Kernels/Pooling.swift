import CKernels
package import TensorCore

/// Pooling over windows of pixels; formulas are in `lattice_pool.h`.
package struct Pooling: Sendable {
  /// What becomes of the values of a window.
  package enum Kind: Sendable { case average, maximum }

  package let kind: Kind
  package let input: Planes
  package let output: Planes
  private let kernel: (height: Int, width: Int)
  private let stride: (height: Int, width: Int)
  private let padding: Int

  /// Describes a pooling.
  ///
  /// - Parameters:
  ///   - kind: What becomes of a window.
  ///   - input: What goes in.
  ///   - kernel: Rows and columns of a window.
  ///   - stride: From window to window.
  ///   - padding: Rows and columns around a plane, on every side; zeros in an average, nothing in a maximum.
  package init(
    _ kind: Kind, _ input: Planes, kernel: (height: Int, width: Int),
    stride: (height: Int, width: Int), padding: Int = 0
  ) {
    precondition(
      kernel.height >= 1 && kernel.width >= 1 && stride.height >= 1 && stride.width >= 1
        && padding >= 0 && input.height + 2 * padding >= kernel.height
        && input.width + 2 * padding >= kernel.width, "a window fits into the padded plane")
    self.kind = kind
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    output = Planes(
      count: input.count, height: (input.height + 2 * padding - kernel.height) / stride.height + 1,
      width: (input.width + 2 * padding - kernel.width) / stride.width + 1, block: input.block)
  }

  private var description: lattice_pool {
    lattice_pool(
      h: Int64(input.height), w: Int64(input.width), block: Int64(input.block),
      oh: Int64(output.height), ow: Int64(output.width), kh: Int64(kernel.height),
      kw: Int64(kernel.width), sh: Int64(stride.height), sw: Int64(stride.width),
      top: Int64(padding), left: Int64(padding))
  }

  /// Pools.
  ///
  /// - Parameters:
  ///   - value: As many elements as the input has.
  ///   - shape: Of the result.
  ///   - workers: Who computes.
  /// - Returns: f32 of that shape.
  package func forward(_ value: Tensor, as shape: Shape, workers: any Workers) -> Tensor {
    let (description, kind) = (description, kind)
    return Tensor(shape) { result in
      let target = SendablePointer(result.baseAddress)
      value.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(output.count * output.height) { rows in
          withUnsafePointer(to: description) { pool in
            let (begin, end) = (Int64(rows.lowerBound), Int64(rows.upperBound))
            switch kind {
            case .average:
              lattice_average_pool_f32(pool, source.pointer, target.pointer, begin, end)
            case .maximum:
              lattice_max_pool_f32(pool, source.pointer, target.pointer, begin, end)
            }
          }
        }
      }
    }
  }

  /// The gradient of the input.
  ///
  /// - Parameters:
  ///   - value: What was pooled.
  ///   - result: What came out.
  ///   - gradient: Of the result.
  ///   - workers: Who computes.
  /// - Returns: f32 of the input's shape.
  package func backward(
    _ value: Tensor, _ result: Tensor, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    let (description, kind) = (description, kind)
    return Tensor(value.shape) { target in
      let target = SendablePointer(target.baseAddress)
      let sources = [value, result, gradient].map { tensor in
        SendableConstant(tensor.withFloats { $0.baseAddress })
      }
      workers.forRanges(input.count) { planes in
        withUnsafePointer(to: description) { pool in
          let (begin, end) = (Int64(planes.lowerBound), Int64(planes.upperBound))
          switch kind {
          case .average:
            lattice_average_pool_backward_f32(
              pool, sources[2].pointer, target.pointer, begin, end)
          case .maximum:
            lattice_max_pool_backward_f32(
              pool, sources[0].pointer, sources[1].pointer, sources[2].pointer, target.pointer,
              begin, end)
          }
        }
      }
      withExtendedLifetime((value, result, gradient)) {}
    }
  }
}
