extension JSONReader {
  /// Reads `null`; false, and nothing is read, when something else is there.
  package mutating func null() -> Bool {
    skipSpace()
    guard word() == "null" else { return false }
    position += 4
    return true
  }

  /// Whether a text comes next.
  package mutating func startsText() -> Bool {
    skipSpace()
    return next == UInt8(ascii: "\"")
  }

  /// Reads a whole number as it is written in headers of files: digits and perhaps a sign.
  package mutating func integer() throws(JSONFault) -> Int {
    skipSpace()
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    while let digit = next, digit >= 0x30, digit <= 0x39 { position += 1 }
    let isWhole = next.map { !Array(".eE".utf8).contains($0) } ?? true
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    guard isWhole, let number = Int(digits) else {
      position = start
      throw wrong("a whole number of at most 63 bits")
    }
    return number
  }

  /// Reads an array of at most 64 whole numbers.
  package mutating func integers() throws(JSONFault) -> [Int] {
    var numbers: [Int] = []
    try array { json throws(JSONFault) in
      guard numbers.count < 64 else { throw json.wrong("at most 64 numbers") }
      numbers.append(try json.integer())
    }
    return numbers
  }

  /// Reads a whole number however a program wrote it: `3`, `3.0` or `"3"`.
  ///
  /// - Parameter range: The least and greatest that will do.
  /// - Returns: The number.
  /// - Throws: ``JSONFault``.
  package mutating func wholeNumber(in range: ClosedRange<Int>) throws(JSONFault) -> Int {
    let start = start()
    let digits = next == UInt8(ascii: "\"") ? try text() : takeWord()
    guard let number = Self.wholeNumber(digits), range.contains(number) else {
      throw wrong("a whole number of \(range.lowerBound) to \(range.upperBound)", at: start)
    }
    return number
  }

  /// Reads the name of something, a text or a number; `7`, `7.0` and `"7"` are the same.
  package mutating func identifier() throws(JSONFault) -> String {
    let start = start()
    if next == UInt8(ascii: "\"") { return try text() }
    let word = takeWord()
    if let number = Self.wholeNumber(word) { return "\(number)" }
    guard Double(word) != nil else { throw wrong("a text or a number", at: start) }
    return word
  }

  /// Reads a flag however a program wrote it: `true`, `1`, `false`, `0` or `null`.
  package mutating func flag() throws(JSONFault) -> Bool {
    let start = start()
    switch takeWord() {
    case "true", "1", "1.0": return true
    case "false", "0", "0.0", "null": return false
    default: throw wrong("true, false, 1 or 0", at: start)
    }
  }

  /// The number that some characters are, when it is whole and an `Int`.
  static func wholeNumber(_ word: String) -> Int? {
    if let number = Int(word) { return number }
    // Beyond 2^53 a fraction or exponent no longer says which whole number is meant.
    guard let number = Double(word), number.magnitude < 9_007_199_254_740_992 else { return nil }
    return Int(exactly: number)
  }

  private func word() -> String {
    let word = bytes[position...].prefix(32).prefix(while: Self.isWordByte)
    return String(decoding: word, as: UTF8.self)
  }

  mutating func takeWord() -> String {
    let word = bytes[position...].prefix(while: Self.isWordByte)
    position = word.endIndex
    return String(decoding: word, as: UTF8.self)
  }
}
