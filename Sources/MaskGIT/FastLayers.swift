import Autograd
import Kernels
import Synchronization
import TensorCore

/// The published kind of layers packed for inference, once for each version of the parameters.
final class FastLayers: Sendable {
  private struct Key: Hashable {
    let versions: [Int]
    let precision: Precision
  }

  private let known = Mutex<(key: Key, layers: [FusedEncoder.Layer])?>(nil)

  /// A stack for a pass.
  func encoder(
    _ layers: [BertLayer], epsilon: Float, _ pass: Pass
  ) -> FusedEncoder? {
    guard let first = layers.first else { return nil }
    let key = Key(
      versions: layers.flatMap { $0.parameters.map(\.version) }, precision: pass.precision)
    let packed = known.withLock { known in
      if let known, known.key == key { return known.layers }
      let layers = layers.map { Self.pack($0, pass) }
      known = (key, layers)
      return layers
    }
    return FusedEncoder(
      packed, heads: first.heads, epsilon: epsilon, precision: pass.precision,
      workers: pass.workers)
  }

  private static func pack(_ layer: BertLayer, _ pass: Pass) -> FusedEncoder.Layer {
    let parts = [layer.query, layer.key, layer.value]
    let width = layer.out.outputs
    func matrix(_ dense: Dense) -> PackedMatrix {
      dense.kernel.packed(
        columns: dense.outputs, isTransposed: false, precision: pass.precision,
        workers: pass.workers)
    }
    let plain = Pass(workers: pass.workers)
    let joined = plain.joinColumns(
      parts.map {
        Variable($0.kernel.value.reshaped([$0.kernel.value.shape.count / width, width]))
      })
    let biases = parts.flatMap { bias($0).floats }
    return FusedEncoder.Layer(
      joined: PackedMatrix(joined.value, precision: pass.precision, workers: pass.workers),
      joinedBias: Tensor([biases.count], biases), out: matrix(layer.out), outBias: bias(layer.out),
      firstNorm: (layer.attentionNorm.scale.value, layer.attentionNorm.bias.value),
      up: matrix(layer.intermediate), upBias: bias(layer.intermediate),
      down: matrix(layer.output), downBias: bias(layer.output),
      secondNorm: (layer.outputNorm.scale.value, layer.outputNorm.bias.value))
  }

  private static func bias(_ dense: Dense) -> Tensor {
    dense.bias?.value ?? Tensor.zeros([dense.outputs])
  }
}
