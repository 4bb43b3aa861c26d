import FoundationEssentials

/// The JSON Schema of a spec, for editors; made from the tables the reader uses.
package enum SpecSchema {
  /// The schema as indented JSON text.
  package static func json() throws -> String {
    var schema = mapping(SpecKeys.top)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Lattice pipeline spec"
    let data = try SchemaText.data(schema)
    return String(decoding: data, as: UTF8.self)
  }

  private static func mapping(_ table: SpecKeys.Table) -> [String: any Sendable] {
    var properties: [String: any Sendable] = [:]
    for key in table.keys {
      var value = schema(key.kind)
      value["description"] = bounds(of: key.kind).map { "\(key.doc) \($0)." } ?? key.doc
      properties[key.name] = value
    }
    var result: [String: any Sendable] = [
      "type": "object", "properties": properties, "additionalProperties": false,
    ]
    let required = table.keys.filter(\.isRequired).map(\.name)
    if !required.isEmpty { result["required"] = required }
    if table.allowsOwnKeys { result["patternProperties"] = ["^x-": true] }
    return result
  }

  /// The range of a quantity with a unit, which the pattern of a text can't say.
  private static func bounds(of kind: SpecKeys.Kind) -> String? {
    let words: String? =
      switch kind {
      case .size: SpecBounds.size.words
      case .duration: SpecBounds.duration.words
      case .backoff: SpecBounds.pause.words
      default: nil
      }
    return words.map { "F\($0.dropFirst())" }
  }

  private static func schema(_ kind: SpecKeys.Kind) -> [String: any Sendable] {
    switch kind {
    case .text: return ["type": "string", "minLength": 1]
    case .shortText(let length):
      return ["type": "string", "minLength": 1, "maxLength": length]
    case .whole(let range):
      var result: [String: any Sendable] = ["type": "integer", "minimum": range.lowerBound]
      if range.upperBound != Int.max { result["maximum"] = range.upperBound }
      return result
    case .boolean: return ["type": "boolean"]
    case .size: return ["type": "string", "pattern": "^[0-9.]+ ?(B|[kKMGT]B|[KMGT]iB)$"]
    case .duration: return ["type": "string", "pattern": "^[0-9.]+ ?(ms|s|m|min|h|d)$"]
    case .backoff:
      let part = "[0-9.]+ ?(ms|s|m|min|h|d)"
      return ["type": "string", "pattern": "^\(part)\\.\\.\(part)$"]
    case .allowance:
      let count: [String: any Sendable] = [
        "type": "integer", "minimum": SpecBounds.failures.lowerBound,
        "maximum": SpecBounds.failures.upperBound,
      ]
      let share: [String: any Sendable] = ["type": "string", "pattern": "^[0-9.]+%$"]
      return ["anyOf": [count, share]]
    case .steps: return ["type": "string", "pattern": "^[1-9][0-9]{0,8} steps?$"]
    case .modelName:
      return [
        "type": "string", "pattern": "^[A-Za-z0-9][-_.A-Za-z0-9]*(@[A-Za-z0-9][-_.A-Za-z0-9]*)?$",
      ]
    case .choice(let words): return ["type": "string", "enum": words]
    case .list(let kind): return ["type": "array", "minItems": 1, "items": schema(kind)]
    case .mapping(let table): return mapping(table)
    case .named(let kind): return ["type": "object", "additionalProperties": schema(kind)]
    case .either(let kinds): return ["anyOf": kinds.map(schema)]
    case .anything: return [:]
    }
  }
}

/// Writes nested dictionaries as JSON text.
private enum SchemaText {
  static func data(_ value: [String: any Sendable]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try encoder.encode(Node(value))
  }

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Node: Encodable {
    let value: any Sendable

    init(_ value: any Sendable) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      if let members = value as? [String: any Sendable] {
        var container = encoder.container(keyedBy: Name.self)
        for (name, member) in members {
          try container.encode(Node(member), forKey: Name(stringValue: name))
        }
      } else if let items = value as? [any Sendable] {
        var container = encoder.unkeyedContainer()
        for item in items { try container.encode(Node(item)) }
      } else {
        var container = encoder.singleValueContainer()
        switch value {
        case let text as String: try container.encode(text)
        case let flag as Bool: try container.encode(flag)
        case let number as Int: try container.encode(number)
        default: try container.encode("\(value)")
        }
      }
    }
  }
}
