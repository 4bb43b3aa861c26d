import JobModel

/// What a schema demands of objects.
struct ObjectRules: Sendable {
  let properties: [String: SchemaNode]
  let others: SchemaNode?
  /// True when only those of `properties` are allowed.
  private let isClosed: Bool
  private let names: SchemaNode?
  private let required: [String]
  private let count: SchemaFault.Count
  private let dependentRequired: [String: [String]]
  private let dependentSchemas: [String: SchemaNode]

  init(_ reader: SchemaReader) throws(SchemaError) {
    properties = try reader.schemasByName(.properties)
    others = try reader.schema(.additionalProperties)
    isClosed = reader[.additionalProperties] == .bool(false)
    names = try reader.schema(.propertyNames)
    required =
      try reader[.required].map { value throws(SchemaError) in
        try reader.names(value, .required)
      } ?? []
    count = SchemaFault.Count(
      least: try reader.count(.minProperties) ?? 0, most: try reader.count(.maxProperties))
    var dependent: [String: [String]] = [:]
    for (name, value) in try reader.object(.dependentRequired) ?? [:] {
      dependent[name] = try reader.names(value, .dependentRequired)
    }
    dependentRequired = dependent
    dependentSchemas = try reader.schemasByName(.dependentSchemas)
  }

  func counts(_ value: JSONValue) -> [SchemaFault.Kind] {
    guard let members = value.objectValue, !count.contains(members.count) else { return [] }
    return [.members(members.count, count)]
  }

  func checkMembers(
    _ value: JSONValue, at path: [SchemaFault.Step], doc: String?, _ faults: inout [SchemaFault]
  ) {
    guard let members = value.objectValue else { return }
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      let place = path + [.key(name)]
      if let names, !names.accepts(.string(name)) {
        faults.append(SchemaFault(path: place, value: member, kind: .name, doc: doc))
      }
      if let node = properties[name] {
        node.check(member, at: place, &faults)
      } else if isClosed {
        let known = SchemaFault.Kind.unknown(known: properties.keys.sorted())
        faults.append(SchemaFault(path: place, value: member, kind: known, doc: doc))
      } else {
        others?.check(member, at: place, &faults)
      }
    }
    func require(_ name: String, because other: String?) {
      guard members[name] == nil else { return }
      let doc = properties[name]?.description
      faults.append(
        SchemaFault(
          path: path + [.key(name)], value: value, kind: .missing(because: other), doc: doc))
    }
    required.forEach { require($0, because: nil) }
    for (name, needed) in dependentRequired.sorted(by: { $0.key < $1.key })
    where members[name] != nil {
      needed.forEach { require($0, because: name) }
    }
    for (name, node) in dependentSchemas.sorted(by: { $0.key < $1.key }) where members[name] != nil
    {
      node.check(value, at: path, &faults)
    }
  }
}
