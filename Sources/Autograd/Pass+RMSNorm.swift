import Kernels
import TensorCore

extension Pass {
  /// RMS normalisation over the last dimension.
  ///
  /// Source: Zhang and Sennrich 2019, "Root mean square layer normalization", equation 4.
  ///
  /// - Parameters:
  ///   - input: Shape (…, width).
  ///   - gain: Shape (width).
  ///   - epsilon: Added to the mean square.
  /// - Returns: Of the input's shape.
  package func rmsNorm(_ input: Variable, gain: Parameter, epsilon: Float) -> Variable {
    let gainVariable = variable(gain)
    let normal = TokenLayers.rmsNorm(
      input.value, gain: gainVariable.value, epsilon: epsilon, workers: workers)
    return result(normal.output, of: [input, gainVariable]) { gradient, pass in
      if gainVariable.needsGradient {
        let terms = TokenLayers.rmsNormGainTerms(
          input.value, scales: normal.scales, gradient, workers: pass.workers)
        gainVariable.accumulate(pass.columnSums(terms).reshaped(gainVariable.shape), pass)
      }
      if input.needsGradient {
        let part = TokenLayers.rmsNormBackward(
          input.value, gain: gainVariable.value, scales: normal.scales, gradient,
          workers: pass.workers)
        input.accumulate(part, pass)
      }
    }
  }
}
