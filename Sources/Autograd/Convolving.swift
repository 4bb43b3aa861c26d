import Convolutions
import Kernels
import TensorCore

/// The passes of a plan, on tensors.
struct Convolving {
  let plan: ConvolutionPlan
  private let workers: any Workers
  /// Where few channels come out, which libraries are slow at.
  private let narrow: NarrowConvolution?

  init(_ plan: ConvolutionPlan, workers: any Workers) {
    self.plan = plan
    self.workers = workers
    let (shape, source) = (plan.shape, plan.source)
    guard shape.outChannels <= NarrowConvolution.mostChannels, source.block == 16 else {
      narrow = nil
      return
    }
    let planes = Planes(
      count: source.count * source.channels / 16, height: source.height, width: source.width,
      block: 16)
    narrow = NarrowConvolution(
      planes, blocks: source.channels / 16, outChannels: shape.outChannels,
      kernel: (shape.kernelHeight, shape.kernelWidth),
      stride: (shape.strideHeight, shape.strideWidth),
      padding: (shape.padding.top, shape.padding.left), output: (shape.outHeight, shape.outWidth))
  }

  /// Convolves.
  ///
  /// - Parameters:
  ///   - input: In the plan's source layout.
  ///   - weights: (out, in, height, width).
  ///   - packed: The same, packed, asked for where they are of use; nil when they can't be.
  ///   - bias: (out), or nil for none.
  ///   - residual: Added to the result, which takes its place if nobody else holds it; nil for none.
  /// - Returns: In the plan's destination layout.
  /// - Throws: ``ConvolutionError``.
  func forward(
    _ input: Tensor, _ weights: Tensor, packed: (ConvolutionPlan) throws -> PackedWeights?,
    bias: Tensor?, residual: consuming Tensor?
  ) throws -> Tensor {
    let isAdded = residual != nil
    if !isAdded, let narrow {
      return narrow(
        input, weights, bias: bias, as: FeatureMap.shape(plan.destination), workers: workers)
    }
    let packed = try packed(plan)
    if residual?.isUnique == false { residual = residual.map(copy) }
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

  private func copy(_ tensor: Tensor) -> Tensor {
    ElementwiseWork.map(tensor, workers: workers) { $1.update(from: $0, count: Int($2)) }
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
