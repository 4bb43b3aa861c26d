import CSystemCalls
import JobModel
import StageHost
import Synchronization

/// Tensors whose memory ends at a page that can't be touched.
enum GuardedTensor {
  /// Makes a zeroed tensor that ends at a guard page.
  ///
  /// - Parameters:
  ///   - type: Of its elements.
  ///   - shape: Its sizes.
  ///   - alignment: Of its memory, a power of two.
  ///   - name: What a sentence about a fault calls it.
  ///   - damage: Told when something around it was written, once it is let go.
  /// - Returns: The tensor and its block; nil when there is no memory.
  static func make(
    _ type: ElementType, _ shape: [Int], alignment: Int, name: String,
    damage: @escaping @Sendable (String) -> Void
  ) -> (tensor: HostTensor, block: lattice_guarded)? {
    guard let bytes = HostTensor.byteCount(type, shape) else { return nil }
    guard bytes > 0 else {
      return (HostTensor(type, shape, data: nil) {}, lattice_guarded())
    }
    var block = lattice_guarded()
    guard lattice_guarded_make(UInt64(bytes), UInt64(alignment), name, &block) == 0 else {
      return nil
    }
    let made = block
    let tensor = HostTensor(type, shape, data: block.data) {
      var block = made
      switch lattice_guarded_damage(&block) {
      case -1: damage("wrote before the start of \(name)")
      case 1: damage("wrote past the end of \(name)")
      default: break
      }
      lattice_guarded_free(&block)
    }
    return (tensor, block)
  }
}
