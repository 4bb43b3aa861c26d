package import Autograd
import Kernels
package import TensorCore

extension VectorQuantizer {
  /// What quantizing gave in training.
  package struct Quantized {
    /// The nearest vectors in the latents' places; gradients pass straight through to the latents.
    package let codes: Variable
    /// Their numbers, i32.
    package let indices: Tensor
    /// The losses of the machinery, added up, shape []; nil when there is none.
    package let loss: Variable?
  }

  /// Replaces latents by their nearest vectors.
  ///
  /// - Parameters:
  ///   - latents: (…, width).
  ///   - settings: The losses that are added.
  ///   - pass: With a tape.
  /// - Returns: Codes, indices and losses.
  package func quantize(
    _ latents: Variable, _ settings: VectorQuantizerSettings, _ pass: Pass
  ) -> Quantized {
    let rows = pass.reshape(latents, to: [latents.shape.rows, width])
    let indices = nearest(rows.value, pass)
    let vectors = pass.embed(indices, in: codebook)
    let codes = pass.straightThrough(vectors.value.reshaped(latents.shape), for: latents)
    var losses: [Variable] = []
    if settings.commitment > 0 {
      let loss = pass.meanSquaredError(rows, Variable(vectors.value))
      losses.append(pass.scale(loss, by: settings.commitment))
    }
    if settings.averageDecay == nil {
      losses.append(pass.meanSquaredError(vectors, Variable(rows.value)))
    }
    if settings.entropy > 0 {
      let loss = EntropyLoss(temperature: settings.entropyTemperature).callAsFunction(
        rows, codebook, pass)
      losses.append(pass.scale(loss, by: settings.entropy))
    }
    let shaped = indices.reshaped(Shape(Array(latents.shape.sizes.dropLast())))
    let loss = losses.first.map { losses.dropFirst().reduce($0) { pass.add($0, $1) } }
    return Quantized(codes: codes, indices: shaped, loss: loss)
  }
}
