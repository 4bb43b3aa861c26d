import FileNames

extension StringProtocol {
  /// How a message quotes a text of the spec's author: one line, at most 60 characters.
  ///
  /// Characters that would move the cursor or turn the line around are written as escapes.
  package var quotable: String {
    let start = unicodeScalars.prefix(60)
    let shown = start.map(ShownText.escaped).joined()
    return start.endIndex == endIndex ? shown : shown + "…"
  }
}
