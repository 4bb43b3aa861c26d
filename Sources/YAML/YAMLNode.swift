/// A node of a composed YAML document; every node and key knows its place.
package struct YAMLNode: Hashable, Sendable {
  package indirect enum Content: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case sequence([YAMLNode])
    case mapping([Pair])
  }

  /// A key and its value, in the order of the file.
  package struct Pair: Hashable, Sendable {
    package var key: Marked<String>
    package var value: YAMLNode

    package init(key: Marked<String>, value: YAMLNode) {
      self.key = key
      self.value = value
    }
  }

  package var content: Content
  package var mark: SourceMark

  package init(_ content: Content, at mark: SourceMark) {
    self.content = content
    self.mark = mark
  }

  /// What the text in quotes would be without them: a number, `true` or `false`; nil for any other value.
  package var withoutQuotes: Content? {
    guard case .string(let text) = content else { return nil }
    switch CoreSchema.resolve(text) {
    case .int, .double, .bool: return CoreSchema.resolve(text)
    default: return nil
    }
  }

  /// The value of `key` in a mapping; nil when absent or when this is no mapping.
  package subscript(key: String) -> YAMLNode? {
    guard case .mapping(let pairs) = content else { return nil }
    return pairs.first { $0.key.value == key }?.value
  }
}
