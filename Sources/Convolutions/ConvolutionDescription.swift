internal import COneDNN

/// A convolution as oneDNN describes it before it is compiled.
struct ConvolutionDescription {
  private let request: ConvolutionRequest
  private var source: dnnl_memory_desc_t
  private var weights: dnnl_memory_desc_t
  private var bias: dnnl_memory_desc_t
  private var destination: dnnl_memory_desc_t

  /// Describes one candidate.
  init(
    _ request: ConvolutionRequest, _ candidate: ConvolutionCandidate
  ) throws(ConvolutionError) {
    self.request = request
    let operand = request.precision == .bf16 ? dnnl_bf16 : dnnl_f32
    func type(_ isResult: Bool) -> dnnl_data_type_t { isResult ? candidate.result : operand }
    source = try MemoryDescription(
      request.source, candidate.source, type(request.pass == .backwardData)
    ).raw
    weights = try MemoryDescription(
      weightsOf: request.shape, isDense: false, type(request.pass == .backwardWeights)
    ).raw
    destination = try MemoryDescription(
      request.destination, candidate.destination, type(request.pass == .forward)
    ).raw
    bias =
      request.hasBias
      ? try MemoryDescription(vectorOf: request.shape.outChannels).raw : dnnl_memory_desc_t()
  }

  /// The first implementation oneDNN has for a candidate, or nil when it has none; the caller owns it.
  mutating func implementation() throws(ConvolutionError) -> dnnl_primitive_desc_t? {
    let engine = try Engine.shared().engine
    var hint: dnnl_primitive_desc_t?
    if request.pass != .forward {
      var forward = try forward(dnnl_forward_training)
      guard dnnl_primitive_desc_create(&hint, &forward, nil, engine, nil) == dnnl_success else {
        return nil
      }
    }
    defer { dnnl_primitive_desc_destroy(hint) }
    let attributes = try attributes()
    defer { dnnl_primitive_attr_destroy(attributes) }
    var description = try operation()
    var found: dnnl_primitive_desc_t?
    let status = dnnl_primitive_desc_create(&found, &description, attributes, engine, hint)
    if status == dnnl_unimplemented { return nil }
    try check(status, "dnnl_primitive_desc_create", request.description)
    return found
  }

  private mutating func operation() throws(ConvolutionError) -> dnnl_convolution_desc_t {
    switch request.pass {
    case .forward:
      try forward(request.hasPackedWeights ? dnnl_forward_inference : dnnl_forward_training)
    case .backwardData: try backwardData()
    case .backwardWeights: try backwardWeights()
    }
  }

  private mutating func forward(
    _ kind: dnnl_prop_kind_t
  ) throws(ConvolutionError) -> dnnl_convolution_desc_t {
    var result = dnnl_convolution_desc_t()
    try check(
      dnnl_convolution_forward_desc_init(
        &result, kind, algorithm, &source, &weights, &bias, &destination, strides, before, after),
      "dnnl_convolution_forward_desc_init", request.description)
    return result
  }

  private mutating func backwardData() throws(ConvolutionError) -> dnnl_convolution_desc_t {
    var result = dnnl_convolution_desc_t()
    try check(
      dnnl_convolution_backward_data_desc_init(
        &result, algorithm, &source, &weights, &destination, strides, before, after),
      "dnnl_convolution_backward_data_desc_init", request.description)
    return result
  }

  private mutating func backwardWeights() throws(ConvolutionError) -> dnnl_convolution_desc_t {
    var result = dnnl_convolution_desc_t()
    try check(
      dnnl_convolution_backward_weights_desc_init(
        &result, algorithm, &source, &weights, &bias, &destination, strides, before, after),
      "dnnl_convolution_backward_weights_desc_init", request.description)
    return result
  }

  /// Scratch is given by the caller, and what the destination holds is added where the request says so.
  private func attributes() throws(ConvolutionError) -> dnnl_primitive_attr_t? {
    var attributes: dnnl_primitive_attr_t?
    try check(
      dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create", request.description)
    _ = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
    guard request.isAdded else { return attributes }
    var operations: dnnl_post_ops_t?
    _ = dnnl_post_ops_create(&operations)
    defer { dnnl_post_ops_destroy(operations) }
    _ = dnnl_post_ops_append_sum(operations, 1)
    let status = dnnl_primitive_attr_set_post_ops(attributes, operations)
    if status != dnnl_success { dnnl_primitive_attr_destroy(attributes) }
    try check(status, "dnnl_primitive_attr_set_post_ops", request.description)
    return attributes
  }

  private var algorithm: dnnl_alg_kind_t {
    request.method == .winograd ? dnnl_convolution_winograd : dnnl_convolution_direct
  }
  private var strides: [Int64] {
    [Int64(request.shape.strideHeight), Int64(request.shape.strideWidth)]
  }
  private var before: [Int64] {
    [Int64(request.shape.padding.top), Int64(request.shape.padding.left)]
  }
  private var after: [Int64] {
    [Int64(request.shape.padding.bottom), Int64(request.shape.padding.right)]
  }
}
