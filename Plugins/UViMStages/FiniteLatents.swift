import FSQ
import TensorCore
import UViM

/// Bottlenecks that can be quantized: numbers.
enum FiniteLatents {
  /// What is wrong with one; nil for nothing.
  static func fault(_ latents: Tensor) -> UViMError? {
    latents.withFloats { NonFiniteValues(in: $0) }.map { .notFinite($0) }
  }

  /// The same with zeros for an item, whose outputs nobody will see.
  static func zeroed(_ latents: Tensor, _ item: Int) -> Tensor {
    var latents = latents
    let size = latents.shape.count / max(1, latents.shape[0])
    latents.withMutableFloats { values in
      for index in (item * size)..<((item + 1) * size) { values[index] = 0 }
    }
    return latents
  }
}
