import CKernels
package import TensorCore

/// Resampling along one dimension: which values make up a new one, and with what weights.
package struct AxisResampling: Sendable {
  private let first: [Int32]
  private let counts: [Int32]
  private let weights: [Float]
  private let taps: Int
  /// Values that go in.
  package let length: Int
  /// Values that come out.
  package var outLength: Int { first.count }

  /// Takes the weights of each value that comes out, from one that goes in onwards.
  private init(length: Int, _ rows: [(first: Int, weights: [Float])]) {
    self.length = length
    taps = max(1, rows.map(\.weights.count).max() ?? 1)
    first = rows.map { Int32($0.first) }
    counts = rows.map { Int32($0.weights.count) }
    weights = rows.flatMap { [taps] row in
      row.weights + [Float](repeating: 0, count: taps - row.weights.count)
    }
  }

  /// Linear interpolation between the centres of samples; at the edges the outermost sample goes on.
  ///
  /// - Parameters:
  ///   - length: Samples that go in.
  ///   - outLength: Samples that come out.
  ///   - isAntialiased: When there get fewer of them: whether all count, as in `jax.image.resize`, or only the two next
  ///     to each new one, as in `tf.image.resize` and torch's `interpolate` unless told otherwise.
  /// - Returns: The resampling.
  package static func linear(from length: Int, to outLength: Int, isAntialiased: Bool) -> Self {
    precondition(length >= 1 && outLength >= 1, "there is at least one sample")
    let scale = Double(length) / Double(outLength)
    let width = isAntialiased ? max(1, scale) : 1
    return AxisResampling(
      length: length,
      (0..<outLength).map { index in
        let centre = (Double(index) + 0.5) * scale - 0.5
        let range =
          max(
            0, Int((centre - width).rounded(.down)))...min(
            length - 1, Int((centre + width).rounded(.up)))
        var weights = range.map { max(0, 1 - abs(Double($0) - centre) / width) }
        let sum = weights.reduce(0, +)
        let leading = weights.prefix { $0 == 0 }.count
        weights.removeFirst(leading)
        while weights.last == 0 { weights.removeLast() }
        return (range.lowerBound + leading, weights.map { Float($0 / sum) })
      })
  }

  /// The resampling whose weights are the transpose of these: it takes gradients back.
  package var transposed: AxisResampling {
    let rows = (0..<length).map { source -> (first: Int, weights: [Float]) in
      func weight(_ out: Int) -> Float? {
        let tap = source - Int(first[out])
        return tap >= 0 && tap < Int(counts[out]) ? weights[out * taps + tap] : nil
      }
      let users = (0..<outLength).filter { weight($0) != nil }
      guard let from = users.first, let to = users.last else { return (0, []) }
      return (from, (from...to).map { weight($0) ?? 0 })
    }
    return AxisResampling(length: outLength, rows)
  }

  /// Resamples.
  ///
  /// - Parameters:
  ///   - value: (outer, length, inner), in whatever shape.
  ///   - inner: Values to a sample.
  ///   - shape: Of the result.
  ///   - workers: Who computes.
  /// - Returns: f32 of that shape.
  package func callAsFunction(
    _ value: Tensor, inner: Int, as shape: Shape, workers: any Workers
  ) -> Tensor {
    precondition(value.shape.count.isMultiple(of: length * inner), "values are whole samples")
    let outer = value.shape.count / (length * inner)
    return Tensor(shape) { result in
      let target = SendablePointer(result.baseAddress)
      value.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(outer * outLength, grain: max(1, 4096 / inner)) { range in
          withDescription {
            lattice_resample_f32(
              $0, source.pointer, target.pointer, Int64(inner), Int64(range.lowerBound),
              Int64(range.upperBound))
          }
        }
      }
    }
  }

  private func withDescription(_ body: (UnsafePointer<lattice_resampling>) -> Void) {
    first.withUnsafeBufferPointer { first in
      counts.withUnsafeBufferPointer { counts in
        weights.withUnsafeBufferPointer { weights in
          let description = lattice_resampling(
            first: first.baseAddress, counts: counts.baseAddress, weights: weights.baseAddress,
            length: Int64(length), out_length: Int64(outLength), taps: Int64(taps))
          withUnsafePointer(to: description, body)
        }
      }
    }
  }
}
