/// Values of msgpack as bytes.
enum Msgpack {
  static func text(_ text: String) -> [UInt8] {
    text.utf8.count < 32
      ? [0xA0 | UInt8(text.utf8.count)] + Array(text.utf8)
      : [0xDB] + .big(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func map(_ members: (String, [UInt8])...) -> [UInt8] {
    members.reduce([0x80 | UInt8(members.count)]) { $0 + text($1.0) + $1.1 }
  }

  static func list(_ values: [UInt8]...) -> [UInt8] {
    values.reduce([0x90 | UInt8(values.count)], +)
  }

  static func bytes(_ bytes: [UInt8]) -> [UInt8] { [0xC6] + .big(UInt32(bytes.count)) + bytes }

  static func number(_ number: Int) -> [UInt8] { [0xD3] + .big(Int64(number)) }

  static func extended(_ type: Int8, _ content: [UInt8]) -> [UInt8] {
    [0xC9] + .big(UInt32(content.count)) + [UInt8(bitPattern: type)] + content
  }

  /// An array as flax writes it.
  static func array(_ shape: [Int], _ data: [UInt8], type: String = "float32") -> [UInt8] {
    let sizes: [UInt8] = [0xDC] + .big(UInt16(shape.count)) + shape.flatMap(number)
    return extended(1, list(sizes, text(type), bytes(data)))
  }

  /// A tuple as flax writes it.
  static func row(_ values: [UInt8]...) -> [UInt8] {
    values.enumerated().reduce([0x80 | UInt8(values.count)]) {
      $0 + text("\($1.offset)") + $1.element
    }
  }
}
