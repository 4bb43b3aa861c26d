import FileNames

/// Text that is safe inside an HTML document.
struct HTML: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  var text: String

  /// Takes markup as it is; only for literals of this module.
  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  private init(joined text: String) { self.text = text }

  /// Interpolated strings are escaped, interpolated ``HTML`` is not.
  struct Interpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation(_ value: String) { text += HTML.escape(value) }

    mutating func appendInterpolation(_ value: Int) { text += String(value) }

    mutating func appendInterpolation(_ value: HTML) { text += value.text }
  }

  static func joined(_ parts: some Sequence<HTML>) -> HTML {
    HTML(joined: parts.map(\.text).joined())
  }

  /// Replaces the five characters that mean something in HTML, and writes out those that would not be seen.
  static func escape(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for character in text.shownLines.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
