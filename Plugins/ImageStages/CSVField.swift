/// Fields of comma-separated values, RFC 4180.
enum CSVField {
  /// A field, in quotes where it needs them.
  static func quoted(_ field: String) -> String {
    // By code points: a return and the newline after it are one character, and so is a quote with an accent on it.
    guard field.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else {
      return field
    }
    let inner = field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    return "\"\(inner)\""
  }
}
