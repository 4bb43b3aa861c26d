public import CStageABI

/// Types of tensor elements.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  /// Truth values of one byte: 0 is false, anything else true.
  case bool
  /// Whole numbers of 0...255.
  case u8
  /// Whole numbers of -128...127.
  case i8
  /// Whole numbers of 0...65535.
  case u16
  /// Whole numbers of 16 bits with a sign.
  case i16
  /// Whole numbers of 32 bits without a sign.
  case u32
  /// Whole numbers of 32 bits with a sign.
  case i32
  /// Whole numbers of 64 bits without a sign.
  case u64
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
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }

  /// The type in the ABI's terms.
  public var dataType: DLDataType {
    let code: DLDataTypeCode =
      switch self {
      case .bool: kDLBool
      case .u8, .u16, .u32, .u64: kDLUInt
      case .i8, .i16, .i32, .i64: kDLInt
      case .f16, .f32, .f64: kDLFloat
      case .bf16: kDLBfloat
      }
    return DLDataType(code: UInt8(code.rawValue), bits: UInt8(byteCount * 8), lanes: 1)
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
  /// u8, and the bytes of bool: another stage's may be other than 0 and 1, which no Swift `Bool` can hold.
  public static var elementTypes: Set<ElementType> { [.u8, .bool] }
}

extension Int8: TensorElement {
  /// i8.
  public static var elementTypes: Set<ElementType> { [.i8] }
}

extension UInt16: TensorElement {
  /// u16, and the bits of f16 and bf16.
  public static var elementTypes: Set<ElementType> { [.u16, .f16, .bf16] }
}

extension Int16: TensorElement {
  /// i16.
  public static var elementTypes: Set<ElementType> { [.i16] }
}

extension UInt32: TensorElement {
  /// u32.
  public static var elementTypes: Set<ElementType> { [.u32] }
}

extension Int32: TensorElement {
  /// i32.
  public static var elementTypes: Set<ElementType> { [.i32] }
}

extension UInt64: TensorElement {
  /// u64.
  public static var elementTypes: Set<ElementType> { [.u64] }
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
