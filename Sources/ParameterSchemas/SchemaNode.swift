package import JobModel

/// A schema within a schema: what it demands of one value.
///
/// Keywords say nothing of values of other types than theirs.
final class SchemaNode: Sendable {
  /// Set for the schemas `true` and `false`.
  private let verdict: Bool?
  let types: Set<SchemaType>?
  private let choices: [JSONValue]?
  private let constant: JSONValue?
  let numbers: NumberRules
  let texts: TextRules
  let lists: ListRules
  let objects: ObjectRules
  private let forms: FormRules
  let description: String?
  let defaultValue: JSONValue?

  /// - Parameters:
  ///   - json: The schema.
  ///   - pointer: Where it stands.
  ///   - depth: 0 for the root.
  ///   - isParameter: Whether it is one of the root's `properties`.
  /// - Throws: ``SchemaError`` at the first keyword that is unknown or has no meaning as it stands.
  init(
    _ json: JSONValue, at pointer: String, depth: Int, isParameter: Bool = false
  ) throws(SchemaError) {
    verdict = json.boolValue
    guard verdict != nil || json.objectValue != nil else {
      throw SchemaError(pointer, "a schema is an object, true or false")
    }
    let reader = try SchemaReader(json.objectValue ?? [:], at: pointer, depth: depth)
    types = try SchemaType.set(reader)
    choices = try Self.choices(reader)
    constant = reader[.const]
    numbers = try NumberRules(reader)
    texts = try TextRules(reader)
    lists = try ListRules(reader)
    objects = try ObjectRules(reader)
    forms = try FormRules(reader)
    description = try reader.text(.description)
    defaultValue = reader[.default]
    try Self.checkAnnotations(reader)
    try Self.checkOwn(reader, types, isParameter: isParameter)
  }

  private static func choices(_ reader: SchemaReader) throws(SchemaError) -> [JSONValue]? {
    guard let choices = try reader.list(.enum) else { return nil }
    guard !choices.isEmpty else { throw reader.fault(.enum, "a list with at least one value") }
    return choices
  }

  private static func checkAnnotations(_ reader: SchemaReader) throws(SchemaError) {
    _ = try reader.text(.title)
    _ = try reader.text(.comment)
    _ = try reader.list(.examples)
    _ = try reader.flag(.deprecated)
    let draft = "https://json-schema.org/draft/2020-12/schema"
    if let named = try reader.text(.schema), named != draft, named != "\(draft)#" {
      throw reader.fault(.schema, "'\(draft)'")
    }
  }

  private static func checkOwn(
    _ reader: SchemaReader, _ types: Set<SchemaType>?, isParameter: Bool
  ) throws(SchemaError) {
    for keyword in SchemaKeyword.allCases where keyword.isOwn && reader[keyword] != nil {
      _ = try reader.flag(keyword)
      guard isParameter, types == [.string] else {
        throw SchemaError(
          reader.place(keyword.rawValue),
          "'\(keyword.rawValue)' belongs to a parameter of type string among the root's properties")
      }
    }
    if reader[.mayBeEmpty] != nil, try !reader.flag(.template) {
      throw SchemaError(
        reader.place(SchemaKeyword.mayBeEmpty.rawValue),
        "'x-lattice-may-be-empty' says something of a name with 'x-lattice-template' only")
    }
  }

  /// Adds what is wrong with a value.
  func check(_ value: JSONValue, at path: [SchemaFault.Step], _ faults: inout [SchemaFault]) {
    func add(_ kind: SchemaFault.Kind) {
      faults.append(SchemaFault(path: path, value: value, kind: kind, doc: description))
    }
    if let verdict {
      if !verdict { add(.forbidden) }
      return
    }
    if let types, !types.contains(where: { $0.takes(value) }) { return add(.type(types)) }
    let plain = value.normalized
    if let constant, constant.normalized != plain { add(.choice([constant])) }
    if let choices, !choices.contains(where: { $0.normalized == plain }) { add(.choice(choices)) }
    numbers.check(value).forEach(add)
    texts.check(value).forEach(add)
    lists.counts(value).forEach(add)
    objects.counts(value).forEach(add)
    lists.checkEntries(value, at: path, &faults)
    objects.checkMembers(value, at: path, doc: description, &faults)
    forms.check(value, at: path, doc: description, &faults)
  }

  func accepts(_ value: JSONValue) -> Bool { faults(in: value).isEmpty }

  func faults(in value: JSONValue) -> [SchemaFault] {
    var faults: [SchemaFault] = []
    check(value, at: [], &faults)
    return faults
  }
}

/// The types of JSON Schema.
package enum SchemaType: String, CaseIterable, Sendable {
  case null, boolean, integer, number, string, array, object

  /// A number without a fraction is an integer however it is written.
  package func takes(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.null, .null), (.boolean, .bool), (.integer, .int), (.number, .int), (.number, .double),
      (.string, .string), (.array, .array), (.object, .object):
      true
    case (.integer, .double(let number)): number.isFinite && number == number.rounded()
    default: false
    }
  }

  /// What `type` says; nil when it says nothing.
  static func set(_ reader: SchemaReader) throws(SchemaError) -> Set<SchemaType>? {
    guard let value = reader[.type] else { return nil }
    var words: [String] = []
    if let word = value.stringValue {
      words = [word]
    } else {
      words = try reader.names(value, .type)
    }
    let types = words.compactMap(SchemaType.init)
    guard types.count == words.count, !types.isEmpty else {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      throw reader.fault(.type, "one of \(known), or a list of them")
    }
    return Set(types)
  }
}
