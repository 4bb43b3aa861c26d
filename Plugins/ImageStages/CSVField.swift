/// Fields of comma-separated values, RFC 4180.
enum CSVField {
  /// A field, in quotes where it needs them.
  static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
