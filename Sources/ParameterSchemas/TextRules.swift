import JobModel

/// What a schema demands of texts.
struct TextRules: Sendable {
  private let length: SchemaFault.Count

  init(_ reader: SchemaReader) throws(SchemaError) {
    length = SchemaFault.Count(
      least: try reader.count(.minLength) ?? 0, most: try reader.count(.maxLength))
  }

  func check(_ value: JSONValue) -> [SchemaFault.Kind] {
    guard let text = value.stringValue else { return [] }
    let count = text.unicodeScalars.count
    return length.contains(count) ? [] : [.length(count, length)]
  }
}
