import JobModel

/// One object of a schema's text, whose keywords are taken out by kind.
struct SchemaReader {
  /// Objects a schema may hold, and how deep they may lie.
  static let depthLimit = 32
  static let nodeLimit = 10_000

  let pointer: String
  let depth: Int
  private let members: [String: JSONValue]

  init(_ members: [String: JSONValue], at pointer: String, depth: Int) throws(SchemaError) {
    guard depth <= Self.depthLimit else {
      throw SchemaError(pointer, "it is nested more than \(Self.depthLimit) deep")
    }
    self.members = members
    self.pointer = pointer
    self.depth = depth
    for name in members.keys.sorted() where SchemaKeyword(rawValue: name) == nil {
      guard name.hasPrefix("x-"), !name.hasPrefix("x-lattice-") else {
        throw SchemaError(
          place(name),
          "the keyword '\(name)' is not supported; lattice_stage.h lists those that are")
      }
    }
  }

  subscript(_ keyword: SchemaKeyword) -> JSONValue? { members[keyword.rawValue] }

  /// The pointer to a member.
  func place(_ name: String) -> String {
    let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
    return "\(pointer)/\(escaped)"
  }

  func fault(_ keyword: SchemaKeyword, _ wanted: String) -> SchemaError {
    SchemaError(place(keyword.rawValue), "'\(keyword.rawValue)' must be \(wanted)")
  }

  func number(_ keyword: SchemaKeyword) throws(SchemaError) -> JSONValue? {
    guard let value = self[keyword] else { return nil }
    guard value.doubleValue?.isFinite == true else { throw fault(keyword, "a number") }
    return value
  }

  func count(_ keyword: SchemaKeyword) throws(SchemaError) -> Int? {
    guard let value = self[keyword] else { return nil }
    guard let count = value.normalized.intValue, count >= 0 else {
      throw fault(keyword, "a whole number of at least 0")
    }
    return count
  }

  func flag(_ keyword: SchemaKeyword) throws(SchemaError) -> Bool {
    guard let value = self[keyword] else { return false }
    guard let flag = value.boolValue else { throw fault(keyword, "true or false") }
    return flag
  }

  func text(_ keyword: SchemaKeyword) throws(SchemaError) -> String? {
    guard let value = self[keyword] else { return nil }
    guard let text = value.stringValue else { throw fault(keyword, "a text") }
    return text
  }

  func list(_ keyword: SchemaKeyword) throws(SchemaError) -> [JSONValue]? {
    guard let value = self[keyword] else { return nil }
    guard let items = value.arrayValue else { throw fault(keyword, "a list") }
    return items
  }

  func object(_ keyword: SchemaKeyword) throws(SchemaError) -> [String: JSONValue]? {
    guard let value = self[keyword] else { return nil }
    guard let members = value.objectValue else { throw fault(keyword, "an object") }
    return members
  }

  /// Texts, each once.
  func names(_ value: JSONValue, _ keyword: SchemaKeyword) throws(SchemaError) -> [String] {
    let names = (value.arrayValue ?? []).compactMap(\.stringValue)
    guard let items = value.arrayValue, names.count == items.count, Set(names).count == names.count
    else { throw fault(keyword, "a list of texts, each once") }
    return names
  }

  func schema(_ keyword: SchemaKeyword) throws(SchemaError) -> SchemaNode? {
    guard let value = self[keyword] else { return nil }
    return try SchemaNode(value, at: place(keyword.rawValue), depth: depth + 1)
  }

  /// The schemas of a list that has at least one.
  func schemas(_ keyword: SchemaKeyword) throws(SchemaError) -> [SchemaNode] {
    guard let items = try list(keyword) else { return [] }
    guard !items.isEmpty else { throw fault(keyword, "a list with at least one schema") }
    var nodes: [SchemaNode] = []
    for (index, item) in items.enumerated() {
      nodes.append(
        try SchemaNode(item, at: "\(place(keyword.rawValue))/\(index)", depth: depth + 1))
    }
    return nodes
  }

  func schemasByName(_ keyword: SchemaKeyword) throws(SchemaError) -> [String: SchemaNode] {
    var nodes: [String: SchemaNode] = [:]
    for (name, value) in (try object(keyword) ?? [:]).sorted(by: { $0.key < $1.key }) {
      let below = try SchemaReader([:], at: place(keyword.rawValue), depth: depth)
      nodes[name] = try SchemaNode(
        value, at: below.place(name), depth: depth + 1,
        isParameter: depth == 0 && keyword == .properties)
    }
    return nodes
  }
}
