import JobModel
import ParameterSchemas

/// The parameters' JSON Schema: every one documented, every default within its own range.
enum SchemaRule {
  /// Keywords that say what a value is.
  private static let kinds = ["type", "enum", "const", "allOf", "anyOf", "oneOf"]

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
    let whole = try? ParameterSchema(schema)
    for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
      check(name, property, whole, isRequired: required.contains(name), &findings)
    }
    return findings
  }

  private static func check(
    _ name: String, _ property: JSONValue, _ schema: ParameterSchema?, isRequired: Bool,
    _ findings: inout Findings
  ) {
    findings.prefer(
      property.objectValue.map { members in kinds.contains { members[$0] != nil } } ?? false,
      "parameter '\(name)' has no type")
    findings.prefer(
      property["description"]?.stringValue?.isEmpty == false,
      "parameter '\(name)' has no description")
    let (low, high) = (property["minimum"]?.doubleValue, property["maximum"]?.doubleValue)
    if let low, let high {
      findings.expect(low <= high, "parameter '\(name)' has a minimum above its maximum")
    }
    for example in property["examples"]?.arrayValue ?? [] {
      if let fault = schema?.faults(in: example, of: name).first {
        let text = (try? example.canonicalText) ?? ""
        findings.warnings.append("the example \(text) of parameter '\(name)' \(words(fault))")
      }
    }
    guard let value = property["default"] else { return }
    findings.prefer(!isRequired, "parameter '\(name)' is required and has a default all the same")
    if let fault = schema?.faults(in: value, of: name).first {
      let text = (try? value.canonicalText) ?? ""
      findings.faults.append("the default \(text) of parameter '\(name)' \(words(fault))")
    }
  }

  /// What is wrong, as the end of a sentence.
  private static func words(_ fault: SchemaFault) -> String {
    let place = fault.path.isEmpty ? "" : " at '\(fault.name)'"
    switch fault.kind {
    case .type(let types):
      let names = types.map(\.rawValue).sorted().joined(separator: " or ")
      return "is no \(names)\(place)"
    case .range, .notFinite: return "is outside its range\(place)"
    case .choice: return "is none of its choices\(place)"
    default: return "does not fit its own schema\(place)"
    }
  }
}
