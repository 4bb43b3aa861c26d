import JobModel

/// Schemas that are joined: all of them, any, exactly one, none, or one that depends on another.
struct FormRules: Sendable {
  private let all: [SchemaNode]
  private let any: [SchemaNode]
  private let one: [SchemaNode]
  private let none: SchemaNode?
  private let condition: SchemaNode?
  private let consequence: SchemaNode?
  private let alternative: SchemaNode?

  init(_ reader: SchemaReader) throws(SchemaError) {
    all = try reader.schemas(.allOf)
    any = try reader.schemas(.anyOf)
    one = try reader.schemas(.oneOf)
    none = try reader.schema(.not)
    condition = try reader.schema(.if)
    consequence = try reader.schema(.then)
    alternative = try reader.schema(.else)
  }

  func check(
    _ value: JSONValue, at path: [SchemaFault.Step], doc: String?, _ faults: inout [SchemaFault]
  ) {
    func add(_ kind: SchemaFault.Kind) {
      faults.append(SchemaFault(path: path, value: value, kind: kind, doc: doc))
    }
    for node in all { node.check(value, at: path, &faults) }
    if let reasons = Self.reasons(any, value), reasons.count == any.count { add(.noForm(reasons)) }
    if let reasons = Self.reasons(one, value) {
      let fitting = one.count - reasons.count
      if fitting == 0 { add(.noForm(reasons)) }
      if fitting > 1 { add(.severalForms(fitting)) }
    }
    if none?.accepts(value) == true { add(.forbidden) }
    if let condition {
      let next = condition.accepts(value) ? consequence : alternative
      next?.check(value, at: path, &faults)
    }
  }

  /// The first fault by each form that does not fit; nil without forms.
  private static func reasons(_ forms: [SchemaNode], _ value: JSONValue) -> [SchemaFault]? {
    forms.isEmpty ? nil : forms.compactMap { $0.faults(in: value).first }
  }
}
