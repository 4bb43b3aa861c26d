package import TensorCore

/// Work on arrays of numbers, one element at a time, split over threads.
package enum ElementwiseWork {
  /// Elements to a chunk.
  private static let grain = 16_384

  /// Makes a tensor from another of its shape.
  ///
  /// - Parameters:
  ///   - input: f32.
  ///   - workers: Who computes.
  ///   - body: Gets a stretch of the input, the same stretch of the result, and how many elements there are.
  /// - Returns: f32 of the input's shape.
  package static func map(
    _ input: Tensor, workers: any Workers,
    _ body: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int64) -> Void
  ) -> Tensor {
    Tensor(input.shape) { result in
      let target = SendablePointer(result.baseAddress)
      input.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(result.count, grain: grain) { range in
          guard let from = source.pointer, let to = target.pointer else { return }
          body(from + range.lowerBound, to + range.lowerBound, Int64(range.count))
        }
      }
    }
  }

  /// Makes a tensor from two others of its shape.
  package static func map(
    _ first: Tensor, _ second: Tensor, workers: any Workers,
    _ body:
      @Sendable (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int64
      ) -> Void
  ) -> Tensor {
    precondition(first.shape == second.shape, "\(first.shape) and \(second.shape) differ")
    return Tensor(first.shape) { result in
      let target = SendablePointer(result.baseAddress)
      first.withFloats { first in
        second.withFloats { second in
          let (a, b) = (SendableConstant(first.baseAddress), SendableConstant(second.baseAddress))
          workers.forRanges(result.count, grain: grain) { range in
            guard let a = a.pointer, let b = b.pointer, let to = target.pointer else { return }
            let start = range.lowerBound
            body(a + start, b + start, to + start, Int64(range.count))
          }
        }
      }
    }
  }
}
