import Glibc

/// Weights in the order, and for Winograd's method the transform, that one plan's forward pass wants.
///
/// Made once for weights that stay, by ``ConvolutionPlan/pack(_:)``; may be used by any thread, and by any plan that
/// wants the same order.
// Written by its maker only, before anyone else has it.
package final class PackedWeights: @unchecked Sendable {
  let address: UnsafeMutableRawPointer
  let order: MemoryDescription
  /// Bytes it takes: with Winograd's method four times as many as the weights themselves.
  package let byteCount: Int

  init(order: MemoryDescription) throws(ConvolutionError) {
    self.order = order
    byteCount = order.byteCount
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, 2 << 20, max(byteCount, 64)) == 0, let address else {
      throw .noMemory(byteCount: byteCount)
    }
    _ = madvise(address, byteCount, MADV_HUGEPAGE)
    self.address = address
  }

  deinit { free(address) }
}
