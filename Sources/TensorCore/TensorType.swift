/// Types of tensor elements in computations.
package enum TensorType: String, Hashable, Sendable, CaseIterable {
  case f32, bf16, f16, i32, i64, u8

  /// Bytes of one element.
  package var byteCount: Int {
    switch self {
    case .u8: 1
    case .bf16, .f16: 2
    case .f32, .i32: 4
    case .i64: 8
    }
  }
}

/// A Swift type whose values are tensor elements as they lie in memory.
package protocol TensorElement: BitwiseCopyable, Sendable {
  /// The tensor types that lie in memory so.
  static var tensorTypes: Set<TensorType> { get }
}

extension Float: TensorElement {
  package static var tensorTypes: Set<TensorType> { [.f32] }
}

extension UInt16: TensorElement {
  /// The bits of bf16 and f16.
  package static var tensorTypes: Set<TensorType> { [.bf16, .f16] }
}

extension Int32: TensorElement {
  package static var tensorTypes: Set<TensorType> { [.i32] }
}

extension Int64: TensorElement {
  package static var tensorTypes: Set<TensorType> { [.i64] }
}

extension UInt8: TensorElement {
  package static var tensorTypes: Set<TensorType> { [.u8] }
}
