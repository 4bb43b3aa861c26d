public import CStageABI

/// Types of tensor elements.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  /// Whole numbers of 0...255.
  case u8
  /// Whole numbers of 0...65535.
  case u16
  /// Whole numbers of 32 bits with a sign.
  case i32
  /// Whole numbers of 64 bits with a sign.
  case i64
  /// IEEE half precision.
  case f16
  /// The upper half of an f32.
  case bf16
  /// IEEE single precision.
  case f32
  /// IEEE double precision.
  case f64

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .u8: 1
    case .u16, .f16, .bf16: 2
    case .i32, .f32: 4
    case .i64, .f64: 8
    }
  }

  /// The type in the ABI's terms.
  public var dataType: DLDataType {
    let code: Int32 =
      switch self {
      case .u8, .u16: kDLUInt
      case .i32, .i64: kDLInt
      case .f16, .f32, .f64: kDLFloat
      case .bf16: kDLBfloat
      }
    return DLDataType(code: UInt8(code), bits: UInt8(byteCount * 8), lanes: 1)
  }

  /// Takes a type of the ABI; nil for one that does not cross between stages.
  public init?(_ dataType: DLDataType) {
    guard dataType.lanes == 1,
      let match = Self.allCases.first(where: {
        $0.dataType.code == dataType.code && $0.dataType.bits == dataType.bits
      })
    else { return nil }
    self = match
  }
}

/// A Swift type whose values are tensor elements as they lie in memory.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The tensor types this one can be bound to.
  static var elementTypes: Set<ElementType> { get }
}

extension UInt8: TensorElement {
  /// u8.
  public static var elementTypes: Set<ElementType> { [.u8] }
}

extension UInt16: TensorElement {
  /// u16, and the bits of f16 and bf16.
  public static var elementTypes: Set<ElementType> { [.u16, .f16, .bf16] }
}

extension Int32: TensorElement {
  /// i32.
  public static var elementTypes: Set<ElementType> { [.i32] }
}

extension Int64: TensorElement {
  /// i64.
  public static var elementTypes: Set<ElementType> { [.i64] }
}

extension Float: TensorElement {
  /// f32.
  public static var elementTypes: Set<ElementType> { [.f32] }
}

extension Double: TensorElement {
  /// f64.
  public static var elementTypes: Set<ElementType> { [.f64] }
}
