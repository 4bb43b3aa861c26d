package import Kernels
package import TensorCore

extension Pass {
  /// A function of every element.
  package func activate(_ input: Variable, _ activation: Activation) -> Variable {
    result(activation.forward(input.value, workers: workers), of: [input]) { gradient, pass in
      input.accumulate(
        activation.backward(input.value, gradient, workers: pass.workers), pass)
    }
  }

  /// A value that was computed elsewhere from another of its shape, and how gradients go back.
  ///
  /// - Parameters:
  ///   - value: The result.
  ///   - input: What it was computed from.
  ///   - backward: The gradient of the result to that of the input.
  /// - Returns: Of the value's shape.
  package func elementwise(
    _ value: Tensor, of input: Variable, backward: @escaping (Tensor) -> Tensor
  ) -> Variable {
    result(value, of: [input]) { gradient, pass in input.accumulate(backward(gradient), pass) }
  }

  /// Layer normalisation over the last dimension.
  ///
  /// Source: Ba et al. 2016, "Layer normalization", equation 4.
  ///
  /// - Parameters:
  ///   - input: Shape (…, width).
  ///   - gain: Shape (width).
  ///   - offset: Shape (width); nil for none.
  ///   - epsilon: Added to the variance; flax's default is 1e-6, torch's 1e-5.
  /// - Returns: Of the input's shape.
  package func layerNorm(
    _ input: Variable, gain: Parameter, offset: Parameter?, epsilon: Float
  ) -> Variable {
    let gainVariable = variable(gain)
    let offsetVariable = offset.map { variable($0) }
    let normal = LayerNorm.forward(
      input.value, gain: gainVariable.value, offset: offsetVariable?.value, epsilon: epsilon,
      workers: workers)
    let inputs = [input, gainVariable] + [offsetVariable].compactMap(\.self)
    return result(normal.output, of: inputs) { gradient, pass in
      if let offsetVariable, offsetVariable.needsGradient {
        offsetVariable.accumulate(
          pass.columnSums(gradient).reshaped(offsetVariable.shape), pass)
      }
      if gainVariable.needsGradient {
        let terms = LayerNorm.gainTerms(input.value, normal, gradient, workers: pass.workers)
        gainVariable.accumulate(pass.columnSums(terms).reshaped(gainVariable.shape), pass)
      }
      if input.needsGradient {
        let part = LayerNorm.backward(
          input.value, gain: gainVariable.value, normal, gradient, workers: pass.workers)
        input.accumulate(part, pass)
      }
    }
  }

  /// Cross-entropy of each row of logits with its label.
  ///
  /// - Parameters:
  ///   - logits: Shape (…, classes).
  ///   - labels: i32, as many as rows; a negative one leaves its row out.
  ///   - smoothing: The share of a label that is spread over all classes.
  /// - Returns: Shape (rows).
  package func crossEntropy(
    _ logits: Variable, labels: Tensor, smoothing: Float = 0
  ) -> Variable {
    let loss = CrossEntropy(smoothing: smoothing)
    return result(loss.losses(logits.value, labels, workers: workers), of: [logits]) {
      gradient, pass in
      logits.accumulate(
        loss.backward(logits.value, labels, gradient, workers: pass.workers), pass)
    }
  }
}
