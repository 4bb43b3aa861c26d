/// Memory that tensors share: taken from the pool, or lent by somebody else.
// Written only through `Tensor.withMutable`, which makes sure that nobody else holds it.
package final class TensorStorage: @unchecked Sendable {
  /// Aligned to 64 bytes when it's our own.
  package let memory: UnsafeMutableRawPointer
  /// Bytes that may be used.
  package let byteCount: Int
  private let release: (() -> Void)?

  /// True when nobody may write to it, whoever holds it.
  package var isBorrowed: Bool { release != nil }

  /// Memory of the pool; its contents are whatever was there.
  package init(byteCount: Int) {
    memory = MemoryPool.shared.take(byteCount)
    self.byteCount = byteCount
    release = nil
  }

  /// Memory of somebody else, read only.
  ///
  /// - Parameters:
  ///   - memory: Stays valid until `release` is called.
  ///   - byteCount: Bytes that may be read.
  ///   - release: Called once, from any thread, when the last tensor is gone.
  package init(
    borrowing memory: UnsafeRawPointer, byteCount: Int, release: @escaping () -> Void
  ) {
    self.memory = UnsafeMutableRawPointer(mutating: memory)
    self.byteCount = byteCount
    self.release = release
  }

  deinit {
    if let release { release() } else { MemoryPool.shared.giveBack(memory, byteCount) }
  }
}
