package import JobModel

/// The JSON Schema (2020-12) of a stage's parameters.
package struct ParameterSchema: Sendable {
  private let root: SchemaNode

  /// Reads a schema.
  ///
  /// - Throws: ``SchemaError`` for a keyword that is unknown or has no meaning as it stands.
  package init(_ json: JSONValue) throws(SchemaError) {
    let count = Self.objects(in: json, upTo: SchemaReader.nodeLimit + 1)
    guard count <= SchemaReader.nodeLimit else {
      throw SchemaError("", "it has more than \(SchemaReader.nodeLimit) values")
    }
    root = try SchemaNode(json, at: "", depth: 0)
    guard json.objectValue != nil else { throw SchemaError("", "the root is an object") }
    if let types = root.types, !types.contains(.object) {
      throw SchemaError("/type", "the parameters of a stage are an object")
    }
  }

  /// The parameters as a stage gets them: defaults filled in, whole numbers as texts where a name or number is asked
  /// for, and 2.0 as 2 where an integer is.
  package func complete(_ parameters: JSONValue) -> JSONValue { root.complete(parameters) }

  /// What is wrong with parameters, in the order of their names.
  package func faults(in parameters: JSONValue) -> [SchemaFault] { root.faults(in: parameters) }

  /// What is wrong with the value of one parameter; nothing for one that the schema has no word of.
  package func faults(in value: JSONValue, of name: String) -> [SchemaFault] {
    guard let node = root.objects.properties[name] else { return [] }
    return node.faults(in: node.complete(value))
  }

  /// Values inside `json`, or `limit` when there are as many.
  private static func objects(in json: JSONValue, upTo limit: Int) -> Int {
    var open = [json]
    var count = 0
    while count < limit, let value = open.popLast() {
      count += 1
      open += value.arrayValue ?? []
      open += value.objectValue.map { Array($0.values) } ?? []
    }
    return count
  }
}

extension SchemaNode {
  /// The value with defaults and conversions, along `properties`, `items` and `prefixItems`.
  fileprivate func complete(_ value: JSONValue) -> JSONValue {
    switch value {
    case .int(let number) where types == [.string, .integer]: .string("\(number)")
    case .double where types?.contains(.integer) == true && types?.contains(.number) == false:
      value.normalized
    case .array(let items):
      .array(items.enumerated().map { lists.node(at: $0)?.complete($1) ?? $1 })
    case .object(let members): .object(complete(members))
    default: value
    }
  }

  private func complete(_ members: [String: JSONValue]) -> [String: JSONValue] {
    var result = members
    for (name, node) in objects.properties {
      if let value = members[name] ?? node.defaultValue { result[name] = node.complete(value) }
    }
    for (name, value) in members where objects.properties[name] == nil {
      if let others = objects.others { result[name] = others.complete(value) }
    }
    return result
  }
}
