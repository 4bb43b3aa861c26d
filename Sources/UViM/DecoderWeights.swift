import Autograd
package import Kernels
package import TensorCore

/// The decoder of a language model, packed for products of few rows.
package final class DecoderWeights: Sendable {
  package let configuration: StageTwoConfiguration
  package let precision: Precision
  let embedding: Tensor
  let positions: Tensor
  let layers: [Layer]
  let norm: Norm
  let head: Product

  struct Norm: Sendable {
    let scale: Tensor
    let bias: Tensor

    init(_ parameters: NormParameters) {
      scale = parameters.scale.value
      bias = parameters.bias.value
    }
  }

  struct Product: Sendable {
    let matrix: PackedMatrix
    let bias: Tensor?

    /// Several of them side by side become one product.
    init(_ parts: [DenseParameters], _ precision: Precision, _ workers: any Workers) {
      let matrices = parts.map { part in
        part.kernel.value.reshaped([part.kernel.value.shape.count / part.outputs, part.outputs])
      }
      matrix = PackedMatrix(
        matrices.count == 1 ? matrices[0] : Self.sideBySide(matrices), precision: precision,
        workers: workers)
      bias = parts.count == 1 ? parts[0].bias?.value : nil
    }

    private static func sideBySide(_ matrices: [Tensor]) -> Tensor {
      let (rows, columns) = (matrices[0].shape.rows, matrices.map(\.shape.columns))
      let total = columns.reduce(0, +)
      return Tensor([rows, total]) { target in
        var start = 0
        for (matrix, width) in zip(matrices, columns) {
          let values = matrix.widened
          values.withFloats { source in
            for row in 0..<rows {
              let line = UnsafeMutableBufferPointer(
                rebasing: target[(row * total + start)...].prefix(width))
              _ = line.update(fromContentsOf: source[(row * width)..<((row + 1) * width)])
            }
          }
          start += width
        }
      }
    }
  }

  struct Layer: Sendable {
    let norms: [Norm]
    let queryKeyValue, selfOut, crossQuery, crossOut, first, second: Product
    let crossKey, crossValue: PackedMatrix
  }

  /// Packs.
  ///
  /// - Parameters:
  ///   - network: Whose decoder it is; not needed any more for decoding.
  ///   - precision: Of weights and of what is remembered of tokens.
  ///   - workers: Who packs.
  package init(_ network: StageTwo, precision: Precision, workers: any Workers) {
    configuration = network.configuration
    self.precision = precision
    embedding = network.embedding.value.widened
    positions = network.positions.value.widened
    norm = Norm(network.norm)
    func product(_ parts: DenseParameters...) -> Product { Product(parts, precision, workers) }
    head = product(network.head)
    layers = network.blocks.map { block in
      Layer(
        norms: block.norms.map(Norm.init),
        queryKeyValue: product(
          block.selfAttention.query, block.selfAttention.key, block.selfAttention.value),
        selfOut: product(block.selfAttention.out),
        crossQuery: product(block.crossAttention.query),
        crossOut: product(block.crossAttention.out),
        first: product(block.mlp.first), second: product(block.mlp.second),
        crossKey: product(block.crossAttention.key).matrix,
        crossValue: product(block.crossAttention.value).matrix)
    }
  }

  /// Bytes that one step reads of weights.
  package var bytesPerStep: Int {
    let matrices = layers.flatMap {
      [$0.queryKeyValue, $0.selfOut, $0.crossQuery, $0.crossOut, $0.first, $0.second]
    }
    let size = precision == .f32 ? 4 : 2
    return (matrices + [head]).map { $0.matrix.rows * $0.matrix.columns * size }.reduce(0, +)
  }
}
