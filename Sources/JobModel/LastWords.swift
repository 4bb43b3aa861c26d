import FileNames

/// Finds the line that says why a process died in what it wrote to standard error.
package enum LastWords {
  /// Characters of a sentence that are kept.
  private static let limit = 300
  /// Lines from the end on that are looked at.
  private static let reach = 200
  /// Where a report of the stack begins: what matters stands before.
  private static let reports = ["*** Signal ", "*** Program crashed", "💣"]
  /// The host's own lines, and advice that says nothing of the cause.
  private static let chatter = [
    "trying ", "lattice-worker: in the check of ", "note: run with `RUST_BACKTRACE",
    "stack backtrace:",
  ]

  /// What a person should read first: a touched guard page, a panic, a failed assertion or precondition, `what():` of an
  /// exception, or whatever was said last.
  ///
  /// - Parameter talk: Standard error, or its end.
  /// - Returns: One line without control characters; nil when nothing was said.
  package static func of(_ talk: String) -> String? {
    let lines = talk.split(whereSeparator: \.isNewline).suffix(reach).map(plain)
    if let guarded = lines.last(where: { $0.hasPrefix("guard: ") }) {
      return short("it \(guarded.dropFirst(7))")
    }
    if let panic = panic(in: lines) { return short(panic) }
    if let fatal = lines.last(where: { $0.contains("Fatal error: ") }) { return short(fatal) }
    let end = lines.firstIndex { line in reports.contains { line.hasPrefix($0) } } ?? lines.count
    let last = lines[..<end].last { line in
      !line.isEmpty && !chatter.contains { line.hasPrefix($0) }
    }
    return last.map(short)
  }

  /// `thread '…' panicked at FILE:LINE:` with the message, which stands in the next line.
  private static func panic(in lines: [String]) -> String? {
    // The second one comes when the first may not leave a C function.
    let position = lines.indices.last { index in
      lines[index].contains(" panicked at ")
        && !(index + 1 < lines.count && lines[index + 1].contains("cannot unwind"))
    }
    guard let position else { return nil }
    let next = position + 1 < lines.count ? lines[position + 1] : ""
    let isMessage = lines[position].hasSuffix(":") && !next.isEmpty && !next.hasPrefix("note:")
    return isMessage ? "\(lines[position]) \(next)" : lines[position]
  }

  /// A line without what moves a terminal's cursor, or blanks at its ends.
  private static func plain(_ line: Substring) -> String {
    var text = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      text.append(ShownText.isWrittenOut(scalar) ? " " : scalar)
    }
    let words = String(text).drop { $0 == " " }
    let end = words.lastIndex { $0 != " " }
    return end.map { String(words[...$0]) } ?? ""
  }

  private static func short(_ line: String) -> String { String(line.prefix(limit)) }
}
