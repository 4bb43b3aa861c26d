internal import COneDNN

/// The extents, type and order of a buffer, as oneDNN describes them.
struct MemoryDescription {
  /// Orders of four-dimensional activations.
  enum Order {
    /// (n, h, w, c)
    case channelsLast
    /// (n, c, h, w)
    case planes
    /// (n, c / 16, h, w, 16); where 16 doesn't divide c, zeros fill up.
    case blocks
    /// Whatever the primitive likes best.
    case any

    fileprivate var tag: dnnl_format_tag_t {
      switch self {
      case .channelsLast: dnnl_nhwc
      case .planes: dnnl_nchw
      case .blocks: dnnl_nChw16c
      case .any: dnnl_format_tag_any
      }
    }
  }

  private(set) var raw = dnnl_memory_desc_t()

  /// Takes oneDNN's own, copying it.
  init(_ raw: dnnl_memory_desc_t) { self.raw = raw }

  /// Activations of the extents of `layout` in some order.
  init(
    _ layout: FeatureLayout, _ order: Order, _ type: dnnl_data_type_t
  ) throws(ConvolutionError) {
    let extents = [layout.count, layout.channels, layout.height, layout.width].map(Int64.init)
    try self.init(extents, order.tag, type)
  }

  /// Activations as the caller holds them.
  init(_ layout: FeatureLayout) throws(ConvolutionError) {
    try self.init(layout, layout.block == layout.channels ? .channelsLast : .blocks, dnnl_f32)
  }

  /// Weights, dense (o, i, h, w) or in the order the primitive likes best.
  init(
    weightsOf shape: ConvolutionShape, isDense: Bool, _ type: dnnl_data_type_t
  ) throws(ConvolutionError) {
    let extents = [
      shape.outChannels, shape.inChannels, shape.kernelHeight, shape.kernelWidth,
    ].map(Int64.init)
    try self.init(extents, isDense ? dnnl_oihw : dnnl_format_tag_any, type)
  }

  /// A vector of f32.
  init(vectorOf count: Int) throws(ConvolutionError) {
    try self.init([Int64(count)], dnnl_a, dnnl_f32)
  }

  private init(
    _ extents: [Int64], _ tag: dnnl_format_tag_t, _ type: dnnl_data_type_t
  ) throws(ConvolutionError) {
    try check(
      dnnl_memory_desc_init_by_tag(&raw, Int32(extents.count), extents, type, tag),
      "dnnl_memory_desc_init_by_tag", "a buffer of \(extents)")
  }

  /// Bytes of a buffer.
  var byteCount: Int { withUnsafePointer(to: raw) { Int(dnnl_memory_desc_get_size($0)) } }

  /// Whether a buffer of one is a buffer of the other.
  func isSame(as other: MemoryDescription) -> Bool {
    withUnsafePointer(to: raw) { mine in
      withUnsafePointer(to: other.raw) { dnnl_memory_desc_equal(mine, $0) != 0 }
    }
  }
}
