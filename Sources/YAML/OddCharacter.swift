/// A character that looks like one of YAML's own, or like nothing, and means something else to the parser.
struct OddCharacter: Hashable, Sendable {
  let scalar: Unicode.Scalar
  /// Of the character, from 1.
  let column: Int

  private enum Kind {
    case space, invisible, lineBreak
    /// And the quote that is meant.
    case quote(String)
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind? {
    switch scalar {
    case "\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "\u{AB}", "\u{BB}": return .quote("\"")
    case "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}": return .quote("'")
    case "\u{85}", "\u{2028}", "\u{2029}": return .lineBreak
    // Joiners and marks of direction stand inside words of some scripts.
    case "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}": return nil
    default: break
    }
    switch scalar.properties.generalCategory {
    case .spaceSeparator: return scalar == " " ? nil : .space
    case .format: return .invisible
    default: return nil
    }
  }

  /// What to tell the author.
  var sentence: String {
    let name = (scalar.properties.name ?? "a character").lowercased()
    let code = String(scalar.value, radix: 16, uppercase: true)
    let point = "U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)"
    return switch Self.kind(scalar) {
    case .quote(let meant):
      "\(scalar) (\(point)) in column \(column) is no quote in YAML; write \(meant), or put quotes around the text if it is meant"
    case .space:
      "a \(name) (\(point)) stands in column \(column), which looks like a space and is none; write a plain space, or put the text in quotes if it is meant"
    case .lineBreak:
      "a line break (\(point)) that can't be seen stands in column \(column); delete it, or write \\u\(code.count == 2 ? "00" : "")\(code) in double quotes"
    case .invisible, nil:
      "a \(name) (\(point)) that can't be seen stands in column \(column); delete it, or put the text in quotes if it is meant"
    }
  }

  /// The first one in a line whose first character is in `column`.
  static func first(in line: some Sequence<Unicode.Scalar>, from column: Int = 1) -> OddCharacter? {
    for (index, scalar) in line.enumerated() where kind(scalar) != nil {
      return OddCharacter(scalar: scalar, column: column + index)
    }
    return nil
  }

  /// The one that makes a text without quotes another than was meant: a quote, a space or nothing to see at its
  /// ends, and what can't be seen anywhere.
  static func misleading(_ text: String, from column: Int, isKey: Bool) -> OddCharacter? {
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let isEnd = index == 0 || index == scalars.count - 1
      let misleads =
        switch kind(scalar) {
        case .quote: index == 0
        case .space: isEnd || isKey
        case .invisible: true
        case .lineBreak, nil: false
        }
      if misleads { return OddCharacter(scalar: scalar, column: column + index) }
    }
    return nil
  }

  /// The first line break that only the parser sees, with its place.
  static func hiddenBreak(in bytes: [UInt8]) -> (OddCharacter, SourceMark)? {
    // Each of them starts with one of these two bytes.
    guard bytes.contains(where: { $0 == 0xC2 || $0 == 0xE2 }) else { return nil }
    var offset = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if case .lineBreak = kind(scalar) {
        let mark = SourceMark(ofByte: offset, in: bytes)
        return (OddCharacter(scalar: scalar, column: mark.column), mark)
      }
      offset += UTF8.width(scalar)
    }
    return nil
  }
}
