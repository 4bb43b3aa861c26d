import Glibc
import Synchronization

/// How one shape of convolution is computed: primitives made once, when a pass is first asked for.
///
/// Buffers are dense f32. Activations are in the plan's ``source`` and ``destination`` layouts, and those in blocks of 16
/// start on a multiple of 64 bytes; weights are (out, in, height, width). What is read and what is written don't overlap.
/// Several threads may use a plan at once; each call returns when its results are there.
package final class ConvolutionPlan: Sendable {
  /// What is computed.
  package let shape: ConvolutionShape
  /// The layout of inputs and their gradients.
  package let source: FeatureLayout
  /// The layout of outputs and their gradients.
  package let destination: FeatureLayout
  /// The precision of products: what was asked for, or f32 where that is as fast.
  package let precision: ConvolutionPrecision
  /// What was asked for.
  package let method: ConvolutionMethod
  /// Threads that work on a pass.
  package let threads: Int
  private let steps = Mutex<[ConvolutionRequest: ConvolutionStep]>([:])

  /// Plans a convolution; ``ConvolutionPlans`` keeps the plans of a process.
  ///
  /// - Throws: ``ConvolutionError/noWinograd(_:_:)`` when that is forced and not to be had.
  package init(
    _ shape: ConvolutionShape, sourceBlock: Int? = nil, destinationBlock: Int? = nil,
    precision: ConvolutionPrecision = .f32, method: ConvolutionMethod = .automatic,
    threads: Int = ConvolutionThreads.budget
  ) throws(ConvolutionError) {
    let computed = ConvolutionRule.precision(precision, shape)
    if method == .winograd, !ConvolutionRule.canWinograd(shape, computed) {
      throw .noWinograd(shape, precision)
    }
    self.shape = shape
    source = shape.source(block: sourceBlock)
    destination = shape.destination(block: destinationBlock)
    self.precision = computed
    self.method = method
    self.threads = threads
  }

  /// Puts weights into the order that ``forward(_:packed:bias:residual:into:)`` wants.
  ///
  /// - Parameter weights: (out, in, height, width).
  /// - Returns: The packed weights.
  /// - Throws: ``ConvolutionError``.
  package func pack(_ weights: UnsafePointer<Float>) throws(ConvolutionError) -> PackedWeights {
    let step = try step(.forward, isPacked: true)
    let packed = try PackedWeights(order: step.weights.inner)
    if let into = step.weights.into {
      ConvolutionThreads.apply(threads)
      try into.execute(from: weights, to: packed.address)
    } else {
      memcpy(packed.address, weights, packed.byteCount)
    }
    return packed
  }

  /// Convolves with weights that may change from call to call.
  ///
  /// - Parameters:
  ///   - input: In the ``source`` layout.
  ///   - weights: (out, in, height, width).
  ///   - bias: (out), or nil for none.
  ///   - residual: In the ``destination`` layout, added to the result; may be `output` itself. Nil for none.
  ///   - output: In the ``destination`` layout.
  /// - Throws: ``ConvolutionError``.
  package func forward(
    _ input: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>? = nil, residual: UnsafePointer<Float>? = nil,
    into output: UnsafeMutablePointer<Float>
  ) throws(ConvolutionError) {
    let step = try step(.forward, hasBias: bias != nil, isAdded: residual != nil)
    try run(step, input, UnsafeRawPointer(weights), bias, residual, output)
  }

  /// Convolves with packed weights; the parameters are as above.
  package func forward(
    _ input: UnsafePointer<Float>, packed: PackedWeights,
    bias: UnsafePointer<Float>? = nil, residual: UnsafePointer<Float>? = nil,
    into output: UnsafeMutablePointer<Float>
  ) throws(ConvolutionError) {
    let step = try step(
      .forward, hasBias: bias != nil, isAdded: residual != nil, isPacked: true)
    precondition(
      packed.order.isSame(as: step.weights.inner), "the weights were packed for another plan")
    try withExtendedLifetime(packed) { () throws(ConvolutionError) in
      try run(step, input, UnsafeRawPointer(packed.address), bias, residual, output)
    }
  }

  /// Computes the gradient of the input.
  ///
  /// - Parameters:
  ///   - outputGradient: In the ``destination`` layout.
  ///   - weights: (out, in, height, width).
  ///   - inputGradient: In the ``source`` layout; overwritten.
  /// - Throws: ``ConvolutionError``.
  package func backwardData(
    _ outputGradient: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    into inputGradient: UnsafeMutablePointer<Float>
  ) throws(ConvolutionError) {
    checkAlignment(inputGradient, source)
    checkAlignment(outputGradient, destination)
    try step(.backwardData).run(
      source: UnsafeMutableRawPointer(inputGradient),
      weights: UnsafeMutableRawPointer(mutating: weights), bias: nil,
      destination: UnsafeMutableRawPointer(mutating: outputGradient))
  }

  /// Computes the gradients of weights and bias.
  ///
  /// - Parameters:
  ///   - input: In the ``source`` layout.
  ///   - outputGradient: In the ``destination`` layout.
  ///   - weightGradient: (out, in, height, width); overwritten.
  ///   - biasGradient: (out), overwritten; nil when it isn't wanted.
  /// - Throws: ``ConvolutionError``.
  package func backwardWeights(
    _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>,
    into weightGradient: UnsafeMutablePointer<Float>,
    bias biasGradient: UnsafeMutablePointer<Float>? = nil
  ) throws(ConvolutionError) {
    checkAlignment(input, source)
    checkAlignment(outputGradient, destination)
    try step(.backwardWeights, hasBias: biasGradient != nil).run(
      source: UnsafeMutableRawPointer(mutating: input),
      weights: UnsafeMutableRawPointer(weightGradient),
      bias: biasGradient.map { UnsafeMutableRawPointer($0) },
      destination: UnsafeMutableRawPointer(mutating: outputGradient))
  }

  /// Compiles a pass that comes later, so that a fault shows now.
  ///
  /// - Parameters:
  ///   - pass: Which one.
  ///   - hasBias: Forward: a bias is added. Weights' gradient: the bias' gradient is wanted.
  /// - Throws: ``ConvolutionError``.
  package func prepare(_ pass: ConvolutionPass, hasBias: Bool = false) throws(ConvolutionError) {
    _ = try step(pass, hasBias: hasBias)
  }

  /// Whether weights lie in the order that this plan wants: those packed for another plan may.
  ///
  /// - Throws: ``ConvolutionError``.
  package func accepts(_ packed: PackedWeights) throws(ConvolutionError) -> Bool {
    packed.order.isSame(as: try step(.forward, isPacked: true).weights.inner)
  }

  /// What computes a pass: the method and oneDNN's name of the implementation, for reports.
  package func implementation(
    of pass: ConvolutionPass, isPacked: Bool = false
  ) throws(ConvolutionError) -> (method: ConvolutionMethod, name: String) {
    let step = try step(pass, isPacked: isPacked && pass == .forward)
    return (step.request.method, step.primitive.implementation)
  }

  private func run(
    _ step: ConvolutionStep, _ input: UnsafePointer<Float>, _ weights: UnsafeRawPointer,
    _ bias: UnsafePointer<Float>?, _ residual: UnsafePointer<Float>?,
    _ output: UnsafeMutablePointer<Float>
  ) throws(ConvolutionError) {
    checkAlignment(input, source)
    checkAlignment(output, destination)
    if let residual, residual != UnsafePointer(output) {
      memcpy(output, residual, destination.elementCount * MemoryLayout<Float>.stride)
    }
    try step.run(
      source: UnsafeMutableRawPointer(mutating: input),
      weights: UnsafeMutableRawPointer(mutating: weights),
      bias: bias.map { UnsafeMutableRawPointer(mutating: $0) },
      destination: UnsafeMutableRawPointer(output))
  }

  /// Streaming stores of whole blocks fault elsewhere.
  private func checkAlignment(_ address: UnsafePointer<Float>, _ layout: FeatureLayout) {
    precondition(
      layout.block != 16 || UInt(bitPattern: address).isMultiple(of: 64),
      "activations in blocks of 16 start on a multiple of 64 bytes")
  }

  private func step(
    _ pass: ConvolutionPass, hasBias: Bool = false, isAdded: Bool = false, isPacked: Bool = false
  ) throws(ConvolutionError) -> ConvolutionStep {
    let isWinograd =
      method == .winograd
      || method == .automatic && ConvolutionRule.prefersWinograd(shape, precision, pass)
    let request = ConvolutionRequest(
      shape: shape, sourceBlock: source.block, destinationBlock: destination.block, pass: pass,
      precision: precision, method: isWinograd ? .winograd : .direct, hasBias: hasBias,
      hasPackedWeights: isPacked, isAdded: isAdded)
    if let step = steps.withLock({ $0[request] }) { return step }
    // Compiled outside the lock: it takes a millisecond, and twice does no harm.
    let step = try ConvolutionStep(request, threads: threads)
    steps.withLock { $0[request] = step }
    return step
  }
}
