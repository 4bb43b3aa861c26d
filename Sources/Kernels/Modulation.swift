import CKernels
package import TensorCore

/// Work on each item's tokens by vectors of the item; formulas and source are in `lattice_token_layers.h`.
///
/// Vectors lie side by side in one tensor, (batch, parts × width); `part` says which is meant.
package enum Modulation {
  /// x (1 + scale) + shift.
  ///
  /// - Parameters:
  ///   - input: (batch, tokens, width).
  ///   - vectors: (batch, parts × width).
  ///   - scale: Which part.
  ///   - shift: Likewise.
  ///   - workers: Who computes.
  /// - Returns: Of the input's shape.
  package static func modulate(
    _ input: Tensor, by vectors: Tensor, scale: Int, shift: Int, workers: any Workers
  ) -> Tensor {
    let sizes = Sizes(input, vectors)
    let sources = Sources([input, vectors])
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(sizes.batch) { range in
        for item in range {
          lattice_modulate_f32(
            sources[0, item * sizes.area], sources[1, sizes.vector(item, scale)],
            sources[1, sizes.vector(item, shift)], target.pointer.map { $0 + item * sizes.area },
            Int64(sizes.tokens), Int64(sizes.width))
        }
      }
      withExtendedLifetime((input, vectors)) {}
    }
  }

  /// x + gate z.
  package static func gate(
    _ input: Tensor, _ added: Tensor, by vectors: Tensor, gate: Int, workers: any Workers
  ) -> Tensor {
    let sizes = Sizes(input, vectors)
    let sources = Sources([input, vectors, added])
    return Tensor(input.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(sizes.batch) { range in
        for item in range {
          lattice_gate_f32(
            sources[0, item * sizes.area], sources[1, sizes.vector(item, gate)],
            sources[2, item * sizes.area], target.pointer.map { $0 + item * sizes.area },
            Int64(sizes.tokens), Int64(sizes.width))
        }
      }
      withExtendedLifetime((input, vectors, added)) {}
    }
  }

  /// g (one + part of the vectors), token by token: how gradients pass a scale (`one` 1) or a gate (0).
  package static func scaled(
    _ gradient: Tensor, by vectors: Tensor, part: Int, one: Float, workers: any Workers
  ) -> Tensor {
    let sizes = Sizes(gradient, vectors)
    let sources = Sources([gradient, vectors])
    let zeros = Tensor.zeros([sizes.width])
    let none = Sources([zeros])
    return Tensor(gradient.shape) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(sizes.batch) { range in
        for item in range {
          let to = target.pointer.map { $0 + item * sizes.area }
          let vector = sources[1, sizes.vector(item, part)]
          if one == 1 {
            lattice_modulate_f32(
              sources[0, item * sizes.area], vector, none[0, 0], to, Int64(sizes.tokens),
              Int64(sizes.width))
          } else {
            to?.update(repeating: 0, count: sizes.area)
            lattice_gate_f32(
              to, vector, sources[0, item * sizes.area], to, Int64(sizes.tokens), Int64(sizes.width)
            )
          }
        }
      }
      withExtendedLifetime((gradient, vectors, zeros)) {}
    }
  }

  /// Sums over each item's tokens of a b in one part, or of a alone in another; all other parts are 0.
  ///
  /// - Parameters:
  ///   - a: (batch, tokens, width).
  ///   - b: Likewise.
  ///   - products: The part that gets sums of a b.
  ///   - sums: The part that gets sums of a; nil for none.
  ///   - shape: (batch, parts × width).
  ///   - workers: Who computes.
  /// - Returns: Of that shape.
  package static func sums(
    of a: Tensor, times b: Tensor, products: Int, sums: Int?, shape: Shape, workers: any Workers
  ) -> Tensor {
    var result = Tensor.zeros(shape)
    let sizes = Sizes(a, result)
    let sources = Sources([a, b])
    result.withMutableFloats { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(sizes.batch) { range in
        for item in range {
          let start = item * sizes.area
          lattice_column_products_f32(
            sources[0, start], sources[1, start],
            target.pointer.map { $0 + sizes.vector(item, products) }, Int64(sizes.tokens),
            Int64(sizes.width))
          guard let sums else { continue }
          lattice_column_sums_f32(
            sources[0, start], Int64(sizes.tokens), Int64(sizes.width),
            target.pointer.map { $0 + sizes.vector(item, sums) })
        }
      }
    }
    withExtendedLifetime((a, b)) {}
    return result
  }
}

private struct Sizes: Sendable {
  let batch, tokens, width, step: Int
  var area: Int { tokens * width }

  init(_ input: Tensor, _ vectors: Tensor) {
    precondition(input.shape.rank == 3 && vectors.shape.rank == 2)
    batch = input.shape[0]
    tokens = input.shape[1]
    width = input.shape[2]
    step = vectors.shape[1]
    precondition(vectors.shape[0] == batch && step.isMultiple(of: width), "vectors for each item")
  }

  func vector(_ item: Int, _ part: Int) -> Int { item * step + part * width }
}

private struct Sources: Sendable {
  private let pointers: [SendableConstant<Float>]

  init(_ tensors: [Tensor]) {
    pointers = tensors.map { SendableConstant($0.withFloats { $0.baseAddress }) }
  }

  subscript(index: Int, offset: Int) -> UnsafePointer<Float>? {
    pointers[index].pointer.map { $0 + offset }
  }
}
