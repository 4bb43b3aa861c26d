/// One buffer of a convolution: how the caller holds it, how the primitive wants it, and the copies between.
struct ConvolutionPort: Sendable {
  /// How the primitive wants it.
  let inner: MemoryDescription
  /// From the caller's order to the primitive's; nil when they are the same.
  let into: Reorder?
  /// From the primitive's order to the caller's; nil when they are the same.
  let outOf: Reorder?

  /// Which copies a port needs.
  enum Direction {
    case read
    case written
    /// Read first, then written: a destination that is added to.
    case both
  }

  init(
    outer: MemoryDescription, inner: MemoryDescription, _ direction: Direction, subject: String
  ) throws(ConvolutionError) {
    self.inner = inner
    let reads = direction != .written
    let writes = direction != .read
    into = reads ? try Reorder.ifNeeded(from: outer, to: inner, subject: subject) : nil
    outOf = writes ? try Reorder.ifNeeded(from: inner, to: outer, subject: subject) : nil
  }

  /// Bytes of scratch for the copy in the primitive's order.
  var byteCount: Int { into == nil && outOf == nil ? 0 : inner.byteCount }

  /// Where the primitive works: the caller's buffer itself, or `scratch`, filled from it if it is read.
  func open(
    _ caller: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
  ) throws(ConvolutionError) -> UnsafeMutableRawPointer {
    try into?.execute(from: caller, to: scratch)
    return byteCount == 0 ? caller : scratch
  }

  /// Copies what the primitive wrote to the caller, if it wrote to `scratch`.
  func close(
    _ scratch: UnsafeMutableRawPointer, _ caller: UnsafeMutableRawPointer
  ) throws(ConvolutionError) {
    try outOf?.execute(from: scratch, to: caller)
  }
}
