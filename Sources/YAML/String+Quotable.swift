extension StringProtocol {
  /// How a message quotes a text of the spec's author: one line, at most 60 characters.
  ///
  /// Characters that would move the cursor or turn the line around are written as escapes.
  package var quotable: String {
    let start = unicodeScalars.prefix(60)
    let shown = start.map(Self.escape).joined()
    return start.endIndex == endIndex ? shown : shown + "…"
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      return "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: return String(scalar)
    }
  }
}
