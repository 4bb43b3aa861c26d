/// Reads JSON that other programs wrote, piece by piece, without building a tree of it.
///
/// A caller takes the members it needs; the rest is skipped, whatever is in it. Python's NaN and Infinity are numbers, a
/// byte order mark at the start is left out. Memory grows with what is taken, time with the length of the text.
package struct JSONReader {
  /// Levels of nesting that are skipped.
  package static let deepest = 1000

  let bytes: [UInt8]
  var position = 0
  var steps: [JSONStep] = []
  private let deepest: Int

  /// Starts at a text's first byte.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - deepest: Levels of nesting that are skipped.
  package init(_ bytes: [UInt8], deepest: Int = Self.deepest) {
    self.bytes = bytes
    self.deepest = deepest
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Reads an object; `body` is called after each name and reads its value.
  package mutating func object(
    _ body: (inout JSONReader, String) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try take("{", "'{'")
    if skip("}") { return }
    repeat {
      let name = try text()
      try take(":", "':'")
      steps.append(.name(name))
      try body(&self, name)
      steps.removeLast()
    } while skip(",")
    try take("}", "',' or '}'")
  }

  /// Reads an array; `body` is called before each element and reads it.
  package mutating func array(
    _ body: (inout JSONReader) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try take("[", "'['")
    if skip("]") { return }
    var index = 0
    repeat {
      steps.append(.index(index))
      try body(&self)
      steps.removeLast()
      index += 1
    } while skip(",")
    try take("]", "',' or ']'")
  }

  /// Reads any value and forgets it; nothing but its extent is looked at.
  package mutating func anything() throws(JSONFault) {
    var open: [Bool] = []
    repeat {
      skipSpace()
      switch next {
      case UInt8(ascii: "{"):
        try descend(&open, isObject: true)
        if !skip("}") {
          try anyName()
          continue
        }
        open.removeLast()
      case UInt8(ascii: "["):
        try descend(&open, isObject: false)
        if !skip("]") { continue }
        open.removeLast()
      case UInt8(ascii: "\""): try anyText()
      default: try anyWord()
      }
      while let isObject = open.last {
        if skip(",") {
          if isObject { try anyName() }
          break
        }
        try take(isObject ? "}" : "]", isObject ? "',' or '}'" : "',' or ']'")
        open.removeLast()
      }
    } while !open.isEmpty
  }

  /// Reads the end.
  package mutating func end() throws(JSONFault) {
    skipSpace()
    guard position == bytes.count else { throw syntax("nothing more") }
  }

  private mutating func descend(_ open: inout [Bool], isObject: Bool) throws(JSONFault) {
    guard open.count < deepest else {
      throw syntax("no more than \(deepest) levels of nesting")
    }
    position += 1
    open.append(isObject)
  }

  private mutating func anyName() throws(JSONFault) {
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw syntax("a text in double quotes") }
    try anyText()
    try take(":", "':'")
  }

  private mutating func anyText() throws(JSONFault) {
    position += 1
    while let byte = next, byte != UInt8(ascii: "\"") {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    try take("\"", "the closing double quote")
  }

  private mutating func anyWord() throws(JSONFault) {
    let start = position
    while let byte = next, Self.isWordByte(byte) { position += 1 }
    if position == start { throw syntax("a value") }
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension JSONReader {
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The fault of a text that is no JSON.
  func syntax(_ expected: String) -> JSONFault {
    let rest = bytes[min(position, bytes.count)...]
    return JSONFault(
      byte: min(position, bytes.count), expected: expected, found: JSONExcerpt.character(rest),
      key: JSONStep.key(steps), isSyntax: true)
  }

  /// The fault of a value that is another than is needed.
  ///
  /// - Parameters:
  ///   - expected: What is needed.
  ///   - start: Where the value starts; nil for the place where reading is.
  ///   - found: What is there; nil for the value's own text.
  /// - Returns: The fault.
  package func wrong(
    _ expected: String, at start: Int? = nil, found: String? = nil
  ) -> JSONFault {
    let start = start ?? position
    return JSONFault(
      byte: start, expected: expected, found: found ?? JSONExcerpt.value(bytes[start...]),
      key: JSONStep.key(steps), isSyntax: false)
  }

  /// Where the next value starts, from the start of the text.
  package mutating func start() -> Int {
    skipSpace()
    return position
  }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func take(_ character: Unicode.Scalar, _ expected: String) throws(JSONFault) {
    guard skip(character) else { throw syntax(expected) }
  }
}
