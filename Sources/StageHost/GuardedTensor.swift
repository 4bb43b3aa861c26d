import CSystemCalls
package import JobModel

/// A block of memory between pages that can't be touched.
///
/// What lies between the block and those pages holds a pattern, so that a write beside the block is found even where
/// no page ends.
package final class GuardedBlock: @unchecked Sendable {
  // Never changed but by the calls that lock; freed once.
  private var block: lattice_guarded
  package let name: String
  package var data: UnsafeMutableRawPointer? { block.data }

  /// Makes a zeroed block; nil when there is no memory for one more.
  ///
  /// - Parameters:
  ///   - bytes: At least 1.
  ///   - alignment: A power of two up to a page.
  ///   - name: What a sentence about a fault calls it.
  package init?(bytes: Int, alignment: Int, name: String) {
    block = lattice_guarded()
    self.name = name
    guard lattice_guarded_make(UInt64(bytes), UInt64(alignment), name, &block) == 0 else {
      return nil
    }
  }

  deinit { lattice_guarded_free(&block) }

  /// Forbids writing from now on.
  package func seal() { _ = lattice_guarded_seal(&block) }

  /// What was done to the memory beside the block: "wrote past the end of the output 'image'"; nil when it is whole.
  package var damage: String? {
    switch lattice_guarded_damage(&block) {
    case 0: nil
    case 1: "wrote past the end of \(name)"
    default: "wrote before the start of \(name)"
    }
  }
}

extension HostTensor {
  /// Makes a zeroed tensor that ends at a guard page.
  ///
  /// - Parameters:
  ///   - type: Of its elements.
  ///   - shape: Its sizes.
  ///   - alignment: Of its memory, a power of two up to a page.
  ///   - name: What a sentence about a fault calls it.
  ///   - account: What its bytes are taken from; nil for none.
  ///   - damage: Told when something around it was written, once it is let go.
  /// - Returns: The tensor; nil when there is no memory.
  package static func guarded(
    _ type: ElementType, _ shape: [Int], alignment: Int = HostTensor.alignment, name: String,
    account: MemoryAccount? = nil, damage: @escaping @Sendable (String) -> Void = { _ in }
  ) -> HostTensor? {
    guard let bytes = byteCount(type, shape) else { return nil }
    guard bytes > 0 else { return HostTensor(type, shape, data: nil) {} }
    guard account?.take(bytes) != false else { return nil }
    guard let block = GuardedBlock(bytes: bytes, alignment: alignment, name: name) else {
      account?.give(bytes)
      return nil
    }
    return HostTensor(type, shape, data: block.data, block: block) {
      if let found = block.damage { damage(found) }
      account?.give(bytes)
    }
  }
}
