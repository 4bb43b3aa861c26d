/// A JSON value with its place in the text.
struct JSONTree {
  indirect enum Content {
    case null
    case flag(Bool)
    /// As it is written; Python's NaN and Infinity too.
    case number(String)
    case text(String)
    case list([JSONTree])
    /// Of a name that comes twice, the last value.
    case object([String: JSONTree])
  }

  /// Levels of nesting that a tree may have.
  static let deepest = 64

  let content: Content
  let byte: Int
  /// As messages show it.
  let excerpt: String

  /// Reads a whole text.
  init(_ bytes: [UInt8]) throws(JSONFault) {
    var reader = JSONReader(bytes)
    self = try Self.read(&reader, depth: 0)
    try reader.end()
  }

  private init(_ content: Content, _ byte: Int, _ excerpt: String) {
    self.content = content
    self.byte = byte
    self.excerpt = excerpt
  }

  private static func read(_ reader: inout JSONReader, depth: Int) throws(JSONFault) -> JSONTree {
    let start = reader.start()
    guard depth < deepest else {
      throw reader.syntax("no more than \(deepest) levels of nesting")
    }
    let excerpt = JSONExcerpt.value(reader.bytes[start...])
    switch reader.next {
    case UInt8(ascii: "{"):
      var members: [String: JSONTree] = [:]
      try reader.object { reader, name throws(JSONFault) in
        members[name] = try read(&reader, depth: depth + 1)
      }
      return JSONTree(.object(members), start, excerpt)
    case UInt8(ascii: "["):
      var elements: [JSONTree] = []
      try reader.array { reader throws(JSONFault) in
        elements.append(try read(&reader, depth: depth + 1))
      }
      return JSONTree(.list(elements), start, excerpt)
    case UInt8(ascii: "\""): return JSONTree(.text(try reader.text()), start, excerpt)
    default: return JSONTree(try word(&reader, start), start, excerpt)
    }
  }

  private static func word(_ reader: inout JSONReader, _ start: Int) throws(JSONFault) -> Content {
    let word = reader.takeWord()
    switch word {
    case "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    default:
      guard let first = word.utf8.first, Self.startsNumber(first), Double(word) != nil else {
        reader.position = start
        throw reader.syntax("a value")
      }
      return .number(word)
    }
  }

  private static func startsNumber(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || Array("-NI".utf8).contains(byte)
  }
}
