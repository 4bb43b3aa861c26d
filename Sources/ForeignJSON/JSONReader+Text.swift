extension JSONReader {
  /// Reads a text.
  package mutating func text() throws(JSONFault) -> String {
    try take("\"", "a text in double quotes")
    var result: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw syntax("a control character written as \\u…") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        result += Array(try escaped().utf8)
      } else {
        result.append(byte)
      }
    }
    guard let text = String(validating: result, as: UTF8.self) else {
      throw syntax("text that is UTF-8 before this")
    }
    try take("\"", "the closing double quote")
    return text
  }

  private mutating func escaped() throws(JSONFault) -> String {
    guard let letter = next else { throw syntax("an escape") }
    position += 1
    if letter == UInt8(ascii: "u") { return try escapedScalar() }
    guard let result = Self.escapes[letter] else {
      position -= 1
      throw syntax("one of \"\\/bfnrtu after a backslash")
    }
    return result
  }

  private mutating func escapedScalar() throws(JSONFault) -> String {
    let high = try fourDigits()
    if let scalar = Unicode.Scalar(high) { return String(Character(scalar)) }
    guard high < 0xDC00, next == UInt8(ascii: "\\") else { throw syntax("a pair of surrogates") }
    position += 1
    guard next == UInt8(ascii: "u") else { throw syntax("a pair of surrogates") }
    position += 1
    let low = try fourDigits()
    guard 0xDC00...0xDFFF ~= low,
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw syntax("a pair of surrogates") }
    return String(Character(scalar))
  }

  private mutating func fourDigits() throws(JSONFault) -> UInt32 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    let value = digits.reduce(UInt32?.some(0)) { value, digit in
      guard let value, let digit = Character(Unicode.Scalar(digit)).hexDigitValue else {
        return nil
      }
      return value << 4 | UInt32(digit)
    }
    guard digits.count == 4, let value else { throw syntax("four hexadecimal digits") }
    position += 4
    return value
  }

  private static let escapes: [UInt8: String] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
    UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
    UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]
}
