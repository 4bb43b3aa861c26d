import Convolutions
import TensorCore

/// The passes of a plan, on tensors.
struct Convolving {
  let plan: ConvolutionPlan

  /// Convolves.
  ///
  /// - Parameters:
  ///   - input: In the plan's source layout.
  ///   - weights: (out, in, height, width); not looked at when they come packed.
  ///   - packed: The same, packed; nil when they aren't.
  ///   - bias: (out), or nil for none.
  ///   - residual: Added to the result, which takes its place if nobody else holds it; nil for none.
  /// - Returns: In the plan's destination layout.
  /// - Throws: ``ConvolutionError``.
  func forward(
    _ input: Tensor, _ weights: Tensor, packed: PackedWeights?, bias: Tensor?,
    residual: consuming Tensor?
  ) throws -> Tensor {
    let isAdded = residual != nil
    var output = residual ?? Self.memory(for: plan.destination)
    residual = nil
    try input.withFloats { input in
      try weights.withFloats { weights in
        try Self.withFloats(of: bias) { bias in
          try output.withMutableFloats { output in
            guard let from = input.baseAddress, let kernel = weights.baseAddress,
              let to = output.baseAddress
            else { return }
            let residual = isAdded ? UnsafePointer(to) : nil
            if let packed {
              try plan.forward(from, packed: packed, bias: bias, residual: residual, into: to)
            } else {
              try plan.forward(from, weights: kernel, bias: bias, residual: residual, into: to)
            }
          }
        }
      }
    }
    return output
  }

  /// The gradient of the input, in the plan's source layout.
  func backwardData(_ gradient: Tensor, _ weights: Tensor) throws -> Tensor {
    var result = Self.memory(for: plan.source)
    try gradient.withFloats { gradient in
      try weights.withFloats { weights in
        try result.withMutableFloats { result in
          guard let from = gradient.baseAddress, let kernel = weights.baseAddress,
            let to = result.baseAddress
          else { return }
          try plan.backwardData(from, weights: kernel, into: to)
        }
      }
    }
    return result
  }

  /// Memory that is written to next.
  private static func memory(for layout: FeatureLayout) -> Tensor {
    Tensor(FeatureMap.shape(layout)) { _ in }
  }

  private static func withFloats<Result>(
    of tensor: Tensor?, _ body: (UnsafePointer<Float>?) throws -> Result
  ) rethrows -> Result {
    guard let tensor else { return try body(nil) }
    return try tensor.withFloats { try body($0.baseAddress) }
  }
}
