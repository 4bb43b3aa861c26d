/// How names, parameters and the words of plugins stand in texts for people: the one place that escapes them.
///
/// What would steer a terminal, break a line or turn its direction is written out: control and format characters and
/// the separators of lines as `\n`, `\t`, `\u{1B}`, bytes that are not UTF-8 as `\xE9`. Everything else stays as it is.
package enum ShownText {
  /// On one line.
  package static func line(_ bytes: some Sequence<UInt8>) -> String {
    written(bytes, keeping: { _ in false })
  }

  /// With its line breaks and tabs, for texts of several lines.
  package static func lines(_ bytes: some Sequence<UInt8>) -> String {
    written(bytes, keeping: { $0 == "\n" || $0 == "\t" })
  }

  /// True for a character that is written out.
  package static func isWrittenOut(_ scalar: Unicode.Scalar) -> Bool {
    if (0x20...0x7E).contains(scalar.value) { return false }
    // Planes of private use, which hold no characters.
    if scalar.value >= 0xF0000 { return true }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// One character as it is shown on a line.
  package static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case _ where isWrittenOut(scalar):
      "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: String(scalar)
    }
  }

  private static func written(
    _ bytes: some Sequence<UInt8>, keeping isKept: (Unicode.Scalar) -> Bool
  ) -> String {
    var text = ""
    NameUnit.forEach(in: bytes) { unit in
      switch unit {
      case .scalar(let scalar) where isKept(scalar): text.unicodeScalars.append(scalar)
      case .scalar(let scalar): text += escaped(scalar)
      case .byte(let byte):
        text += "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
      }
    }
    return text
  }
}

extension StringProtocol {
  /// The text as people may see it on one line.
  package var shown: String { ShownText.line(utf8) }

  /// The text as people may see it, with its line breaks.
  package var shownLines: String { ShownText.lines(utf8) }
}

/// JSON text that can be printed on a terminal: what ``ShownText`` writes out stands as `\u009B`, which a JSON reader
/// turns back.
package enum ShownJSON {
  /// The same JSON; its line breaks between values stay.
  package static func text(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      guard isHidden(scalar) else {
        shown.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return shown
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\n" && scalar != "\t" && scalar != "\r" && ShownText.isWrittenOut(scalar)
  }
}
