import JobModel

/// The parameters' JSON Schema: every one documented, every default within its own range.
enum SchemaRule {
  private static let types = ["integer", "number", "boolean", "string", "array"]

  static func check(_ subject: Subject) -> Findings {
    let schema = subject.stage.parameterSchema
    var findings = Findings()
    guard schema.objectValue?.isEmpty == false else { return findings }
    findings.expect(
      schema["type"]?.stringValue == "object", "the schema's type is not 'object'")
    findings.prefer(
      schema["additionalProperties"] == .bool(false),
      "the schema does not say additionalProperties: false, so that misspelt parameters pass")
    let properties = schema["properties"]?.objectValue ?? [:]
    let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    for name in required {
      findings.expect(properties[name] != nil, "the schema requires '\(name)', which it has not")
    }
    for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
      check(name, property, isRequired: required.contains(name), &findings)
    }
    return findings
  }

  private static func check(
    _ name: String, _ property: JSONValue, isRequired: Bool, _ findings: inout Findings
  ) {
    let isName = property["type"] == .array([.string("string"), .string("integer")])
    let type = isName ? "string" : property["type"]?.stringValue ?? ""
    findings.expect(
      types.contains(type) || property["enum"] != nil,
      "parameter '\(name)' has the type '\(type)'; it must be one of \(types.joined(separator: ", "))"
    )
    findings.prefer(
      property["description"]?.stringValue?.isEmpty == false,
      "parameter '\(name)' has no description")
    let (low, high) = (property["minimum"]?.doubleValue, property["maximum"]?.doubleValue)
    if let low, let high {
      findings.expect(low <= high, "parameter '\(name)' has a minimum above its maximum")
    }
    guard let value = property["default"] else { return }
    findings.prefer(!isRequired, "parameter '\(name)' is required and has a default all the same")
    let text = (try? value.canonicalText) ?? ""
    findings.expect(
      fits(value, type), "the default \(text) of parameter '\(name)' is no \(type)")
    if let number = value.doubleValue {
      findings.expect(
        number >= low ?? number && number <= high ?? number,
        "the default \(text) of parameter '\(name)' is outside its range")
    }
    if let choices = property["enum"]?.arrayValue {
      findings.expect(
        choices.contains(value), "the default \(text) of parameter '\(name)' is none of its choices"
      )
    }
  }

  private static func fits(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "integer": value.intValue != nil
    case "number": value.doubleValue != nil
    case "boolean": value.boolValue != nil
    case "string": value.stringValue != nil
    case "array": value.arrayValue != nil
    default: true
    }
  }
}
