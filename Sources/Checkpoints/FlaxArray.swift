import TensorFiles

/// An array of a flax tree: where its bytes are, or the bytes themselves when they are a few.
struct FlaxArray: Hashable, Sendable {
  enum Data: Hashable, Sendable {
    /// Runs of the file, one after another.
    case runs([ByteRange])
    case bytes([UInt8])
  }

  var type: ScalarType
  var shape: [Int]
  var data: Data

  /// Reads the array that an extension of type 1 or 3 holds: its shape, its type's name and its bytes.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - range: Of the extension's content.
  ///   - name: For errors.
  ///   - limits: What is too much.
  /// - Throws: ``FlaxFault``.
  init(
    _ bytes: UnsafeRawBufferPointer, _ range: ByteRange, name: String, limits: CheckpointLimits
  ) throws(FlaxFault) {
    func fault(_ fault: MsgpackFault.ArrayFault) -> FlaxFault {
      .msgpack(.array(name: name, byte: range.start, fault))
    }
    var reader = MsgpackReader(bytes, range)
    let shape: [Int]
    let typeName: String
    let data: ByteRange
    do throws(MsgpackFault) {
      guard try reader.next() == .array(3) else { throw Self.notTriple(name, range) }
      shape = try Self.shape(&reader, name, range, limits)
      typeName = try reader.text { _ in Self.notTriple(name, range) }
      guard case .binary(let found) = try reader.next(), reader.left == 0 else {
        throw Self.notTriple(name, range)
      }
      data = found
    } catch { throw .msgpack(error) }
    guard let type = Self.types[typeName] else { throw .type(name: name, typeName) }
    guard let count = TensorEntry.elementCount(shape) else { throw fault(.tooLarge(shape: shape)) }
    guard count * type.byteCount == data.count else {
      throw fault(.byteCount(expected: count * type.byteCount, found: data.count))
    }
    self.type = type
    self.shape = shape
    self.data = .runs([data])
  }

  /// A value without a shape, or a few of them.
  init(_ type: ScalarType, shape: [Int] = [], data: Data) {
    self.type = type
    self.shape = shape
    self.data = data
  }

  /// A whole number or a float.
  init<Number: FixedWidthInteger>(_ type: ScalarType, _ numbers: [Number], shape: [Int] = []) {
    let width = MemoryLayout<Number>.size
    let bytes = numbers.flatMap { number in
      (0..<width).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    self.init(type, shape: shape, data: .bytes(bytes))
  }

  private static func notTriple(_ name: String, _ range: ByteRange) -> MsgpackFault {
    .array(name: name, byte: range.start, .notTriple)
  }

  private static func shape(
    _ reader: inout MsgpackReader, _ name: String, _ range: ByteRange, _ limits: CheckpointLimits
  ) throws(MsgpackFault) -> [Int] {
    guard case .array(let rank) = try reader.next() else { throw notTriple(name, range) }
    guard rank <= limits.rank else {
      throw .array(name: name, byte: range.start, .rank(found: rank, limit: limits.rank))
    }
    var shape: [Int] = []
    for _ in 0..<rank {
      guard case .integer(let size) = try reader.next(), size >= 0 else {
        throw .array(name: name, byte: range.start, .size)
      }
      shape.append(Int(size))
    }
    return shape
  }

  /// As numpy names them.
  private static let types: [String: ScalarType] = [
    "bool": .bool, "bool_": .bool, "uint8": .u8, "int8": .i8, "uint16": .u16, "int16": .i16,
    "uint32": .u32, "int32": .i32, "uint64": .u64, "int64": .i64, "float16": .f16,
    "bfloat16": .bf16, "float32": .f32, "float64": .f64,
  ]
}
