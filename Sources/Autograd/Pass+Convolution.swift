import Convolutions
import Kernels
import TensorCore

extension Pass {
  /// Convolves (as a cross-correlation, like every network library) and adds a bias.
  ///
  /// In bf16 the products of those shapes stay in f32 that Winograd's method computes faster so.
  ///
  /// - Parameters:
  ///   - map: What goes in.
  ///   - weight: Shape (out, in, kernel height, kernel width).
  ///   - bias: Shape (out); nil for none.
  ///   - stride: From window to window, both ways.
  ///   - padding: Around a picture.
  ///   - residual: Added to the result, and of its layout; nil for none. Without a tape the result takes the place of one
  ///     that nobody else holds, as when it is handed over by `consume`.
  /// - Returns: Features in the layout that is fastest for their channels.
  /// - Throws: ``ConvolutionError`` when the kernel doesn't fit into the padded picture or memory runs out.
  package func convolve(
    _ map: FeatureMap, weight: Parameter, bias: Parameter? = nil, stride: Int = 1,
    padding: ConvolutionPadding = .same, adding residual: consuming FeatureMap? = nil
  ) throws -> FeatureMap {
    let sizes = weight.value.shape.sizes
    precondition(
      sizes.count == 4 && sizes[1] == map.channels,
      "weights of \(sizes) don't fit features of \(map.channels) channels")
    let shape = try padding.shape(
      of: map.layout, outChannels: sizes[0], kernel: (sizes[2], sizes[3]), stride: stride)
    let plan = try plan(shape, sourceBlock: map.layout.block)
    precondition(
      residual.map { $0.layout == plan.destination } ?? true, "a residual lies like the result")
    let convolving = Convolving(plan, workers: workers)
    let (weights, biases) = (variable(weight), bias.map { variable($0) })
    let input = map.variable
    guard isLearned([input, weights] + [biases, residual?.variable].compactMap(\.self)) else {
      let held = residual?.variable.value
      residual = nil
      let value = try convolving.forward(
        input.value, weights.value, packed: { try weight.packed(for: $0) }, bias: biases?.value,
        residual: consume held)
      return FeatureMap(Variable(value), plan.destination)
    }
    if input.needsGradient { try plan.prepare(.backwardData) }
    let gradients = ConvolutionWeightGradients(plan)
    if weights.needsGradient || biases?.needsGradient ?? false {
      try gradients.prepare(hasBias: biases != nil)
    }
    let added = residual?.variable
    let value = try convolving.forward(
      input.value, weights.value,
      packed: { weights.needsGradient ? nil : try weight.packed(for: $0) },
      bias: biases?.value, residual: added?.value)
    let inputs = [input, weights] + [biases, added].compactMap(\.self)
    let output = result(value, of: inputs) { gradient, pass in
      added?.accumulate(gradient, pass)
      // Everything is compiled by now: what is left to fail is the machine, out of memory.
      Pass.mustSucceed {
        if input.needsGradient {
          input.accumulate(try convolving.backwardData(gradient, weights.value), pass)
        }
        guard weights.needsGradient || biases?.needsGradient ?? false else { return }
        let parts = try gradients.compute(
          input.value, gradient, hasBias: biases != nil, workers: pass.workers)
        weights.accumulate(parts.weights.reshaped(weights.shape), pass)
        if let biases, let part = parts.bias {
          biases.accumulate(part.reshaped(biases.shape), pass)
        }
      }
    }
    return FeatureMap(output, plan.destination)
  }

  /// The plan of a shape for the threads and the precision of this pass.
  func plan(
    _ shape: ConvolutionShape, sourceBlock: Int, destinationBlock: Int? = nil
  ) throws -> ConvolutionPlan {
    try ConvolutionPlans.plan(
      shape, sourceBlock: sourceBlock, destinationBlock: destinationBlock,
      precision: precision == .bf16 && !(usesWinograd && shape.isFastestInF32) ? .bf16 : .f32,
      method: usesWinograd ? .automatic : .direct,
      threads: workers.threadCount)
  }

  /// Whether a gradient will be asked for that goes back through any of these.
  func isLearned(_ inputs: [Variable]) -> Bool {
    tape != nil && inputs.contains(where: \.needsGradient)
  }
}
