package import TensorCore

extension Pass {
  /// A function whose value and gradient the caller computes, as of quantizers and losses that stand alone.
  ///
  /// - Parameters:
  ///   - inputs: What it depends on.
  ///   - value: What it is.
  ///   - gradients: Gets the gradient of the value and gives those of the inputs, in their order; nil for an input
  ///     that it doesn't depend on. Called only when an input wants a gradient.
  /// - Returns: A variable of that value.
  package func function(
    _ inputs: [Variable], value: Tensor,
    gradients: @escaping (_ gradient: Tensor, _ pass: Pass) -> [Tensor?]
  ) -> Variable {
    result(value, of: inputs) { gradient, pass in
      let parts = gradients(gradient, pass)
      precondition(parts.count == inputs.count, "a gradient for each input")
      for (input, part) in zip(inputs, parts) {
        if let part { input.accumulate(part, pass) }
      }
    }
  }
}
