/// A value of msgpack, or the start of one that holds others.
enum MsgpackValue: Hashable {
  case none
  case flag(Bool)
  case integer(Int64)
  /// One of at least 2^63.
  case unsigned(UInt64)
  case float(Double)
  case text(ByteRange)
  case binary(ByteRange)
  /// So many values follow, or are claimed to.
  case array(Int)
  /// So many keys and values follow, or are claimed to.
  case map(Int)
  case extended(type: Int8, ByteRange)
}

/// Reads msgpack value by value; it allocates nothing, and never reads past the end.
///
/// Source: https://github.com/msgpack/msgpack, "spec.md".
struct MsgpackReader {
  private var reader: ByteReader

  /// Reads `range` of `bytes`; all positions are from the start of `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, _ range: ByteRange? = nil) {
    reader = ByteReader(bytes, range)
  }

  /// Of the next byte.
  var position: Int { reader.position }
  /// Bytes that are left.
  var left: Int { reader.left }
  var bytes: UnsafeRawBufferPointer { reader.bytes }

  /// Reads a value.
  mutating func next() throws(MsgpackFault) -> MsgpackValue {
    let start = position
    guard let marker = reader.little(UInt8.self) else {
      throw .cutShort(byte: start, needed: 1, left: 0)
    }
    switch marker {
    case 0x00...0x7F: return .integer(Int64(marker))
    case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: marker)))
    case 0x80...0x8F: return .map(Int(marker & 15))
    case 0x90...0x9F: return .array(Int(marker & 15))
    case 0xA0...0xBF: return .text(try take(Int(marker & 31), start))
    case 0xC0: return .none
    case 0xC2, 0xC3: return .flag(marker == 0xC3)
    case 0xC4...0xC9, 0xD4...0xDB: return try run(marker, start)
    case 0xCA...0xD3: return try number(marker, start)
    case 0xDC: return .array(Int(try big(UInt16.self, start)))
    case 0xDD: return .array(Int(try big(UInt32.self, start)))
    case 0xDE: return .map(Int(try big(UInt16.self, start)))
    case 0xDF: return .map(Int(try big(UInt32.self, start)))
    default: throw .unknownMarker(byte: start, marker: marker)
    }
  }

  /// Reads a text.
  mutating func text(else fault: (Int) -> MsgpackFault) throws(MsgpackFault) -> String {
    let start = position
    switch try next() {
    // Older files keep texts as bytes.
    case .text(let range), .binary(let range): return try string(range)
    default: throw fault(start)
    }
  }

  /// The text of these bytes.
  func string(_ range: ByteRange) throws(MsgpackFault) -> String {
    guard let part = bytes.part(range), let text = String(validating: part, as: UTF8.self) else {
      throw .notUTF8(byte: range.start)
    }
    return text
  }

  private mutating func number(_ marker: UInt8, _ start: Int) throws(MsgpackFault) -> MsgpackValue {
    switch marker {
    case 0xCA: return .float(Double(Float(bitPattern: try big(UInt32.self, start))))
    case 0xCB: return .float(Double(bitPattern: try big(UInt64.self, start)))
    case 0xCC: return .integer(Int64(try big(UInt8.self, start)))
    case 0xCD: return .integer(Int64(try big(UInt16.self, start)))
    case 0xCE: return .integer(Int64(try big(UInt32.self, start)))
    case 0xCF:
      let number = try big(UInt64.self, start)
      return Int64(exactly: number).map { .integer($0) } ?? .unsigned(number)
    case 0xD0: return .integer(Int64(try big(Int8.self, start)))
    case 0xD1: return .integer(Int64(try big(Int16.self, start)))
    case 0xD2: return .integer(Int64(try big(Int32.self, start)))
    default: return .integer(try big(Int64.self, start))
    }
  }

  private mutating func run(_ marker: UInt8, _ start: Int) throws(MsgpackFault) -> MsgpackValue {
    switch marker {
    case 0xC4: return .binary(try take(Int(try big(UInt8.self, start)), start))
    case 0xC5: return .binary(try take(Int(try big(UInt16.self, start)), start))
    case 0xC6: return .binary(try take(Int(try big(UInt32.self, start)), start))
    case 0xC7: return try extended(Int(try big(UInt8.self, start)), start)
    case 0xC8: return try extended(Int(try big(UInt16.self, start)), start)
    case 0xC9: return try extended(Int(try big(UInt32.self, start)), start)
    case 0xD9: return .text(try take(Int(try big(UInt8.self, start)), start))
    case 0xDA: return .text(try take(Int(try big(UInt16.self, start)), start))
    case 0xDB: return .text(try take(Int(try big(UInt32.self, start)), start))
    default: return try extended(1 << Int(marker - 0xD4), start)
    }
  }

  private mutating func extended(_ count: Int, _ start: Int) throws(MsgpackFault) -> MsgpackValue {
    let type = try big(Int8.self, start)
    return .extended(type: type, try take(count, start))
  }

  private mutating func take(_ count: Int, _ start: Int) throws(MsgpackFault) -> ByteRange {
    let left = left
    guard let range = reader.take(count) else {
      throw .cutShort(byte: start, needed: count, left: left)
    }
    return range
  }

  private mutating func big<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, _ start: Int
  ) throws(MsgpackFault) -> Number {
    let left = left
    guard let number = reader.big(type) else {
      throw .cutShort(byte: start, needed: MemoryLayout<Number>.size, left: left)
    }
    return number
  }
}
