import FileNames
import FoundationEssentials
import YAML

/// Shows diagnostics to people and to programs.
package struct DiagnosticRenderer {
  private let file: String
  private let lines: [Substring]
  private let hasColour: Bool

  /// - Parameters:
  ///   - file: How messages call the file.
  ///   - source: Its bytes, to show the lines.
  ///   - hasColour: For a terminal.
  package init(file: String, source: [UInt8], hasColour: Bool = false) {
    self.file = file
    self.hasColour = hasColour
    let text = source.starts(with: YAMLComposer.byteOrderMark) ? source.dropFirst(3) : source[...]
    lines = String(decoding: text, as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0.isNewline }
  }

  /// Each fault with place, line and caret, a closing line last.
  ///
  /// - Parameters:
  ///   - diagnostics: In the order they are shown.
  ///   - verdict: What follows from errors: "not queued".
  /// - Returns: Lines, each with its newline.
  package func text(_ diagnostics: [Diagnostic], verdict: String) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    let body = diagnostics.map(text).joined()
    let end = errors > 0 ? ": \(verdict)." : "."
    return body + "\(count(errors, "error")), \(count(warnings, "warning"))\(end)\n"
  }

  /// One fault: place, severity, code and message; the line with a caret; notes.
  package func text(_ diagnostic: Diagnostic) -> String {
    let style = diagnostic.severity == .error ? "31" : "33"
    let label = styled("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style)
    var text = "\(place(diagnostic.mark)): \(label): \(Self.words(diagnostic.message))\n"
    if let mark = diagnostic.mark { text += excerpt(mark) }
    for note in diagnostic.notes {
      text +=
        "   note: \(note.mark == nil ? "" : "\(place(note.mark)): ")\(Self.words(note.message))\n"
    }
    return text
  }

  private func count(_ number: Int, _ word: String) -> String {
    number == 1 ? "1 \(word)" : "\(number) \(word)s"
  }

  private func place(_ mark: SourceMark?) -> String {
    let name = Self.words(file)
    return mark.map { "\(name):\($0.line):\($0.column)" } ?? name
  }

  /// The line of a mark, cut to what fits, with a caret and tildes below.
  private func excerpt(_ mark: SourceMark) -> String {
    guard lines.indices.contains(mark.line - 1) else { return "" }
    let line = lines[mark.line - 1].unicodeScalars.map(Self.visible)
    let start = max(0, mark.column - 60)
    let shown = Self.text(line.dropFirst(start).prefix(100))
    let number = String(mark.line)
    let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number
    let before = line.prefix(max(0, mark.column - 1))
    let marked = line.dropFirst(before.count).prefix(min(mark.length, start + 100 - before.count))
    let indent = String(
      repeating: " ",
      count: Self.text(before.dropFirst(start)).count + mark.column - 1 - before.count)
    let tildes = String(repeating: "~", count: max(0, Self.text(marked).count - 1))
    let blank = String(repeating: " ", count: margin.count)
    return "\(margin) | \(shown)\n\(blank) | \(indent)\(styled("^" + tildes, "32"))\n"
  }

  /// What stands for a character in an excerpt: one that takes a column and doesn't steer the terminal.
  private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar == "\t" { return " " }
    return ShownText.isWrittenOut(scalar) ? "\u{FFFD}" : scalar
  }

  /// A message without characters that steer the terminal; it may have several lines.
  private static func words(_ message: String) -> String {
    message.shownLines
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  private func styled(_ text: String, _ style: String) -> String {
    hasColour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }

  private struct Row: Encodable {
    struct Note: Encodable {
      var line: Int?
      var column: Int?
      var message: String
    }

    var file: String
    var line: Int?
    var column: Int?
    var length: Int?
    var severity: String
    var code: String
    var path: String?
    var message: String
    var fix: String?
    var notes: [Note]
  }

  /// All faults as a JSON array.
  package func json(_ diagnostics: [Diagnostic]) throws -> String {
    let rows = diagnostics.map { diagnostic in
      Row(
        file: file, line: diagnostic.mark?.line, column: diagnostic.mark?.column,
        length: diagnostic.mark?.length, severity: diagnostic.severity.rawValue,
        code: diagnostic.code, path: diagnostic.path, message: diagnostic.message,
        fix: diagnostic.fix,
        notes: diagnostic.notes.map {
          Row.Note(line: $0.mark?.line, column: $0.mark?.column, message: $0.message)
        })
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return ShownJSON.text(String(decoding: try encoder.encode(rows), as: UTF8.self))
  }
}
