import YAML

/// Which keys of a schema a document uses, and which it has besides.
struct SchemaUse {
  var known: Set<String> = []
  var unknown: [String] = []

  mutating func walk(_ node: YAMLNode, _ schema: SchemaNode) {
    switch node.content {
    case .sequence(let items):
      guard let below = schema.items else { return }
      for item in items { walk(item, below) }
    case .mapping(let pairs):
      for schema in fitting(pairs, schema) {
        for pair in pairs { walk(pair, schema) }
      }
    default: return
    }
  }

  private mutating func walk(_ pair: YAMLNode.Pair, _ schema: SchemaNode) {
    let key = pair.key.value
    if let property = schema.properties.first(where: { $0.name == key }) {
      known.insert(property.path)
      walk(pair.value, property)
    } else if let named = schema.named {
      walk(pair.value, named)
    } else if !(key.hasPrefix("x-") && schema.value["patternProperties"] != nil) {
      unknown.append("\(schema.path).\(key)")
    }
  }

  /// The schema itself, or that of its choices which fixes the first key, or the one that fixes none.
  private func fitting(_ pairs: [YAMLNode.Pair], _ schema: SchemaNode) -> [SchemaNode] {
    guard !schema.choices.isEmpty else { return [schema] }
    let key = pairs.first?.key.value
    let fixed = schema.choices.first { $0.properties.contains { $0.name == key } }
    return [fixed ?? schema.choices.first { $0.named != nil }].compactMap(\.self)
  }
}
