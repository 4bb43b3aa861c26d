package import CStageABI
import FileNames
package import JobModel

extension ElementType {
  /// The type in the ABI's terms.
  package var dataType: DLDataType {
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
  package init?(_ dataType: DLDataType) {
    guard dataType.lanes == 1,
      let match = Self.allCases.first(where: {
        $0.dataType.code == dataType.code && $0.dataType.bits == dataType.bits
      })
    else { return nil }
    self = match
  }
}

extension TensorSpec {
  /// `f32[N,256,256,3]`; `?` stands for a size that differs from item to item.
  package var text: String {
    let sizes = shape.enumerated().map { index, size in
      size >= 0 ? String(size) : index == 0 ? "N" : "?"
    }
    return "\(type.rawValue)[\(sizes.joined(separator: ","))]"
  }
}

func text(_ pointer: UnsafePointer<CChar>?) -> String? {
  pointer.map { pointer in
    let words = FileName(cString: pointer)
    return words.text ?? ShownText.lines(words.bytes)
  }
}
