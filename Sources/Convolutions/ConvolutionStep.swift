internal import COneDNN

/// One pass of a convolution, compiled, with the copies at its edges.
final class ConvolutionStep: Sendable {
  let request: ConvolutionRequest
  let primitive: Primitive
  let source: ConvolutionPort
  let weights: ConvolutionPort
  let destination: ConvolutionPort
  private let bias: MemoryDescription
  private let workspace: MemoryDescription
  private let threads: Int

  /// Compiles the first candidate with a fast implementation, else the first that has any.
  init(_ request: ConvolutionRequest, threads: Int) throws(ConvolutionError) {
    ConvolutionThreads.apply(threads)
    let primitive = try Self.primitive(for: request)
    let subject = request.description
    let isForward = request.pass == .forward
    source = try ConvolutionPort(
      outer: MemoryDescription(request.source),
      inner: primitive.layout(
        request.pass == .backwardData ? dnnl_query_diff_src_md : dnnl_query_src_md),
      request.pass == .backwardData ? .written : .read, subject: subject)
    weights = try ConvolutionPort(
      outer: MemoryDescription(weightsOf: request.shape, isDense: true, dnnl_f32),
      inner: primitive.layout(
        request.pass == .backwardWeights ? dnnl_query_diff_weights_md : dnnl_query_weights_md),
      request.pass == .backwardWeights ? .written : .read, subject: subject)
    destination = try ConvolutionPort(
      outer: MemoryDescription(request.destination),
      inner: primitive.layout(isForward ? dnnl_query_dst_md : dnnl_query_diff_dst_md),
      !isForward ? .read : request.isAdded ? .both : .written, subject: subject)
    bias = try MemoryDescription(vectorOf: request.shape.outChannels)
    workspace = primitive.layout(dnnl_query_scratchpad_md)
    self.request = request
    self.primitive = primitive
    self.threads = threads
  }

  /// Bytes of intermediate results while it runs.
  var scratchByteCount: Int {
    [source.byteCount, weights.byteCount, destination.byteCount, workspace.byteCount]
      .reduce(0) { $0 + Self.padded($1) }
  }

  /// Computes the pass.
  ///
  /// - Parameters:
  ///   - sourceAddress: Input or its gradient.
  ///   - weightsAddress: Weights, their gradient, or packed weights.
  ///   - biasAddress: Bias or its gradient; there exactly when the request has one.
  ///   - destinationAddress: Result or its gradient.
  /// - Throws: ``ConvolutionError``.
  func run(
    source sourceAddress: UnsafeMutableRawPointer, weights weightsAddress: UnsafeMutableRawPointer,
    bias biasAddress: UnsafeMutableRawPointer?,
    destination destinationAddress: UnsafeMutableRawPointer
  ) throws(ConvolutionError) {
    ConvolutionThreads.apply(threads)
    try ScratchPool.shared.withBuffer(scratchByteCount) { base throws(ConvolutionError) in
      let forSource = base
      let forWeights = forSource + Self.padded(source.byteCount)
      let forDestination = forWeights + Self.padded(weights.byteCount)
      let forWorkspace = forDestination + Self.padded(destination.byteCount)
      var arguments: [Primitive.Argument] = [
        (
          request.pass == .backwardData ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, source.inner,
          try source.open(sourceAddress, forSource)
        ),
        (
          request.pass == .backwardWeights ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS,
          weights.inner,
          request.hasPackedWeights ? weightsAddress : try weights.open(weightsAddress, forWeights)
        ),
        (
          request.pass == .forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, destination.inner,
          try destination.open(destinationAddress, forDestination)
        ),
        (DNNL_ARG_SCRATCHPAD, workspace, forWorkspace),
      ]
      if let biasAddress {
        arguments.append(
          (request.pass == .forward ? DNNL_ARG_BIAS : DNNL_ARG_DIFF_BIAS, bias, biasAddress))
      }
      try primitive.execute(arguments)
      try source.close(forSource, sourceAddress)
      if !request.hasPackedWeights { try weights.close(forWeights, weightsAddress) }
      try destination.close(forDestination, destinationAddress)
    }
  }

  private static func padded(_ byteCount: Int) -> Int { (byteCount + 4095) / 4096 * 4096 }

  private static func primitive(
    for request: ConvolutionRequest
  ) throws(ConvolutionError) -> Primitive {
    var slow: Primitive?
    for candidate in ConvolutionCandidate.all(for: request) {
      var description = try ConvolutionDescription(request, candidate)
      guard let found = try description.implementation() else { continue }
      let isSlow = Primitive.implementation(of: found).hasPrefix("ref")
      if isSlow, slow != nil {
        dnnl_primitive_desc_destroy(found)
        continue
      }
      let primitive = try Primitive(found, subject: request.description)
      if !isSlow { return primitive }
      slow = primitive
    }
    guard let slow else {
      throw .library(
        call: "dnnl_primitive_desc_create", subject: request.description,
        status: dnnl_unimplemented.rawValue)
    }
    return slow
  }
}
