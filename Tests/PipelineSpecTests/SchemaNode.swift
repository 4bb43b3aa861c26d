import Foundation
import Testing

/// A place in a JSON Schema.
struct SchemaNode {
  /// With `*` for a name of the author's own and `[]` for an entry of a list.
  var path: String
  var value: [String: Any]

  init(path: String, value: [String: Any]) {
    self.path = path
    self.value = value
  }

  init(text: String) throws {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    self.init(path: "", value: try #require(object as? [String: Any]))
  }

  var name: String { path.split(separator: ".").last.map(String.init) ?? "" }

  var properties: [SchemaNode] {
    let members = value["properties"] as? [String: [String: Any]] ?? [:]
    return members.map { SchemaNode(path: join($0.key), value: $0.value) }
  }

  /// What any other key leads to; nil when there can be none.
  var named: SchemaNode? {
    (value["additionalProperties"] as? [String: Any]).map {
      SchemaNode(path: join("*"), value: $0)
    }
  }

  var items: SchemaNode? {
    (value["items"] as? [String: Any]).map { SchemaNode(path: "\(path)[]", value: $0) }
  }

  var choices: [SchemaNode] {
    (value["anyOf"] as? [[String: Any]] ?? []).map { SchemaNode(path: path, value: $0) }
  }

  /// This place and all below it.
  var everything: [SchemaNode] {
    let below = properties + choices + [named, items].compactMap(\.self)
    return [self] + below.flatMap(\.everything)
  }

  private func join(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
