import Convolutions
import Kernels
import TensorCore

extension Pass {
  /// The transpose of a convolution: makes pictures `stride` times as large.
  ///
  /// - Parameters:
  ///   - map: What goes in.
  ///   - weight: Shape (in, out, kernel height, kernel width), as torch stores it.
  ///   - bias: Shape (out); nil for none.
  ///   - stride: Of the convolution whose transpose it is.
  ///   - padding: Zeros on every side of that convolution's input: the result has (H - 1) stride - 2 padding + kernel rows.
  /// - Returns: Features in the layout that is fastest for their channels.
  /// - Throws: ``ConvolutionError`` when nothing comes out or memory runs out.
  package func convolveTransposed(
    _ map: FeatureMap, weight: Parameter, bias: Parameter? = nil, stride: Int, padding: Int = 0
  ) throws -> FeatureMap {
    let sizes = weight.value.shape.sizes
    precondition(
      sizes.count == 4 && sizes[0] == map.channels,
      "weights of \(sizes) don't fit features of \(map.channels) channels")
    // The convolution goes from the result to the input.
    let shape = try ConvolutionShape.torch(
      count: map.count, inChannels: sizes[1], outChannels: sizes[0],
      height: (map.height - 1) * stride - 2 * padding + sizes[2],
      width: (map.width - 1) * stride - 2 * padding + sizes[3], kernel: (sizes[2], sizes[3]),
      stride: (stride, stride), padding: (padding, padding))
    let plan = try plan(
      shape, sourceBlock: FeatureLayout.preferredBlock(channels: sizes[1]),
      destinationBlock: map.layout.block)
    let convolving = Convolving(plan, workers: workers)
    let (input, weights) = (map.variable, variable(weight))
    let value = try convolving.backwardData(input.value, weights.value)
    if isLearned([input]) { try plan.prepare(.forward) }
    let gradients = ConvolutionWeightGradients(plan)
    if isLearned([weights]) { try gradients.prepare(hasBias: false) }
    let output = result(value, of: [input, weights]) { gradient, pass in
      Pass.mustSucceed {
        if input.needsGradient {
          input.accumulate(
            try convolving.forward(
              gradient, weights.value, packed: { _ in nil }, bias: nil, residual: nil),
            pass)
        }
        if weights.needsGradient {
          let part = try gradients.compute(
            gradient, input.value, hasBias: false, workers: pass.workers)
          weights.accumulate(part.weights, pass)
        }
      }
    }
    let features = FeatureMap(output, plan.source)
    guard let bias else { return features }
    return addBias(variable(bias), to: features)
  }
}
