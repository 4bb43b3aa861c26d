/// Reads the JSON of a header piece by piece, strictly, without building a tree of it.
struct HeaderJSON {
  /// What is wrong and where.
  struct Fault: Error, Hashable {
    /// From the start of the text.
    var byte: Int
    /// What had to be there.
    var expected: String
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an object; `body` is called after each name and reads its value.
  mutating func object(
    _ body: (inout HeaderJSON, String) throws(Fault) -> Void
  ) throws(Fault) {
    try take("{", "'{'")
    if skip("}") { return }
    repeat {
      let name = try text()
      try take(":", "':'")
      try body(&self, name)
    } while skip(",")
    try take("}", "',' or '}'")
  }

  /// Reads an array; `body` is called before each element and reads it.
  mutating func array(_ body: (inout HeaderJSON) throws(Fault) -> Void) throws(Fault) {
    try take("[", "'['")
    if skip("]") { return }
    repeat { try body(&self) } while skip(",")
    try take("]", "',' or ']'")
  }

  /// Reads an array of at most 64 whole numbers.
  mutating func integers() throws(Fault) -> [Int] {
    var numbers: [Int] = []
    try array { json throws(Fault) in
      guard numbers.count < 64 else { throw json.fault("at most 64 numbers") }
      numbers.append(try json.integer())
    }
    return numbers
  }

  /// Reads a whole number.
  mutating func integer() throws(Fault) -> Int {
    skipSpace()
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    while let digit = next, digit >= 0x30, digit <= 0x39 { position += 1 }
    let isWhole = next.map { !Array(".eE".utf8).contains($0) } ?? true
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    guard isWhole, let number = Int(digits) else {
      position = start
      throw fault("a whole number of at most 63 bits")
    }
    return number
  }

  /// Reads any value and forgets it.
  mutating func anything(depth: Int = 0) throws(Fault) {
    skipSpace()
    guard depth < 16 else { throw fault("no more than 16 levels of nesting") }
    switch next {
    case UInt8(ascii: "{"):
      try object { json, _ throws(Fault) in try json.anything(depth: depth + 1) }
    case UInt8(ascii: "["): try array { json throws(Fault) in try json.anything(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try text()
    default:
      let start = position
      while let byte = next, isWordByte(byte) { position += 1 }
      if position == start { throw fault("a value") }
    }
  }

  /// Reads the end.
  mutating func end() throws(Fault) {
    skipSpace()
    guard position == bytes.count else { throw fault("nothing more") }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func fault(_ expected: String) -> Fault { Fault(byte: position, expected: expected) }

  private func isWordByte(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
      || Array("+-.E".utf8).contains(byte)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func take(_ character: Unicode.Scalar, _ expected: String) throws(Fault) {
    guard skip(character) else { throw fault(expected) }
  }
}

extension HeaderJSON {
  /// Reads a text.
  mutating func text() throws(Fault) -> String {
    try take("\"", "a text in double quotes")
    var result: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("a control character written as \\u…") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        result += Array(try escaped().utf8)
      } else {
        result.append(byte)
      }
    }
    guard let text = String(validating: result, as: UTF8.self) else {
      throw fault("text that is UTF-8 before this")
    }
    try take("\"", "the closing double quote")
    return text
  }

  private mutating func escaped() throws(Fault) -> String {
    guard let letter = next else { throw fault("an escape") }
    position += 1
    if letter == UInt8(ascii: "u") { return try escapedScalar() }
    guard let result = Self.escapes[letter] else {
      position -= 1
      throw fault("one of \"\\/bfnrtu after a backslash")
    }
    return result
  }

  private mutating func escapedScalar() throws(Fault) -> String {
    let high = try fourDigits()
    if let scalar = Unicode.Scalar(high) { return String(Character(scalar)) }
    guard high < 0xDC00, next == UInt8(ascii: "\\") else { throw fault("a pair of surrogates") }
    position += 1
    guard next == UInt8(ascii: "u") else { throw fault("a pair of surrogates") }
    position += 1
    let low = try fourDigits()
    guard 0xDC00...0xDFFF ~= low,
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fault("a pair of surrogates") }
    return String(Character(scalar))
  }

  private mutating func fourDigits() throws(Fault) -> UInt32 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    let value = digits.reduce(UInt32?.some(0)) { value, digit in
      guard let value, let digit = Character(Unicode.Scalar(digit)).hexDigitValue else {
        return nil
      }
      return value << 4 | UInt32(digit)
    }
    guard digits.count == 4, let value else { throw fault("four hexadecimal digits") }
    position += 4
    return value
  }

  private static let escapes: [UInt8: String] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
    UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
    UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]
}
