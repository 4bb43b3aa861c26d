/// The header of numpy's `.npy` format, versions 1 to 3.
///
/// Source: NumPy enhancement proposal 1, "A simple file format for NumPy arrays".
package struct NPYHeader {
  /// The first bytes of such a file.
  package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header text that is read, in bytes.
  package static let largest = 1 << 20

  /// Reads the header from the first bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: From the start of the file; at least the header, whose size ``size(_:)`` tells.
  ///   - path: For errors.
  /// - Returns: The tensor, without a name.
  /// - Throws: ``TensorFileError``.
  package static func read(_ bytes: [UInt8], path: String) throws(TensorFileError) -> TensorEntry {
    let (start, length) = try size(bytes, path: path)
    guard bytes.count >= start + length else {
      throw .truncated(path: path, expected: start + length, found: bytes.count)
    }
    guard let text = String(validating: bytes[start..<(start + length)], as: UTF8.self) else {
      throw .badHeader(path: path, format: ".npy", fault: "its header is not text")
    }
    var scanner = PythonDictionary(text)
    guard let members = scanner.members() else {
      throw .badHeader(
        path: path, format: ".npy",
        fault: "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'")
    }
    if case .records(let fields) = members["descr"] {
      throw .records(path: path, fields: fields)
    }
    guard case .text(let description) = members["descr"],
      case .flag(let order) = members["fortran_order"],
      case .tuple(let shape) = members["shape"], members.count == 3
    else {
      throw .badHeader(
        path: path, format: ".npy",
        fault: "its header must have 'descr', 'fortran_order' and 'shape', each of the right kind")
    }
    guard let (type, isBigEndian) = Self.type(description) else {
      throw .unsupportedType(path: path, name: nil, type: description)
    }
    guard let count = TensorEntry.elementCount(shape), count <= (1 << 56) / type.byteCount else {
      throw .badHeader(path: path, format: ".npy", fault: "the shape \(shape) is no possible size")
    }
    return TensorEntry(
      name: "", type: type, shape: shape, offset: start + length, isFortranOrder: order,
      isBigEndian: isBigEndian)
  }

  /// Where the header's text starts and how long it is.
  ///
  /// - Parameters:
  ///   - bytes: At least the first 12 of a file.
  ///   - path: For errors.
  /// - Returns: Two counts of bytes.
  /// - Throws: ``TensorFileError``.
  package static func size(_ bytes: [UInt8], path: String) throws(TensorFileError) -> (Int, Int) {
    guard bytes.count >= 12 else {
      throw .truncated(path: path, expected: 128, found: bytes.count)
    }
    let (start, length): (Int, Int)
    switch bytes[6] {
    case 1: (start, length) = (10, Int(bytes[8]) | Int(bytes[9]) << 8)
    case 2, 3:
      start = 12
      length = (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    default:
      throw .badHeader(
        path: path, format: ".npy", fault: "version \(bytes[6]) of the format is not known")
    }
    guard length <= largest else {
      throw .badHeader(path: path, format: ".npy", fault: "its header claims \(length) bytes")
    }
    return (start, length)
  }

  /// A header for a dense row-major tensor, padded so that the data starts at a multiple of 64.
  static func bytes(type: ScalarType, shape: [Int]) -> [UInt8] {
    var sizes = shape.map(String.init).joined(separator: ", ")
    if shape.count == 1 { sizes += "," }
    var text = "{'descr': '\(descriptor(type))', 'fortran_order': False, 'shape': (\(sizes)), }"
    let unpadded = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }

  private static func type(_ description: String) -> (ScalarType, isBigEndian: Bool)? {
    guard let order = description.first, "<>|=".contains(order) else { return nil }
    guard let type = types[String(description.dropFirst())] else { return nil }
    return (type, order == ">" && type.byteCount > 1)
  }

  /// `V2` is how numpy stores the bf16 of ml_dtypes, which JAX and TensorFlow use: two bytes of a type it doesn't know.
  private static let types: [String: ScalarType] = [
    "b1": .bool, "u1": .u8, "i1": .i8, "u2": .u16, "i2": .i16, "u4": .u32, "i4": .i32, "u8": .u64,
    "i8": .i64, "f2": .f16, "f4": .f32, "f8": .f64, "V2": .bf16,
  ]

  /// The type in numpy's terms; bf16 as `numpy.save` writes it, which no program takes for whole numbers.
  private static func descriptor(_ type: ScalarType) -> String {
    switch type {
    case .bool: "|b1"
    case .u8: "|u1"
    case .i8: "|i1"
    case .u16: "<u2"
    case .bf16: "<V2"
    case .i16: "<i2"
    case .u32: "<u4"
    case .i32: "<i4"
    case .u64: "<u8"
    case .i64: "<i8"
    case .f16: "<f2"
    case .f32: "<f4"
    case .f64: "<f8"
    }
  }
}
