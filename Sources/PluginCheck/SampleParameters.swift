import JobModel
import ParameterSchemas

/// Parameters made from a stage's schema.
enum SampleParameters {
  /// Defaults, and a modest value where there is none.
  static func usual(_ schema: JSONValue, over given: [String: JSONValue]) -> JSONValue {
    var values: [String: JSONValue] = [:]
    let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
    for (name, property) in schema["properties"]?.objectValue ?? [:] {
      if let value = property["default"] {
        values[name] = value
      } else if required.contains(name) {
        values[name] = modest(property)
      }
    }
    return .object(values.merging(given) { $1 })
  }

  /// A value a little above the least, where a stage usually works.
  private static func modest(_ schema: JSONValue) -> JSONValue {
    if let constant = schema["const"] { return constant }
    let named = schema["examples"]?.arrayValue?.first ?? schema["enum"]?.arrayValue?.first
    if let named { return named }
    switch schema["type"]?.stringValue {
    case "integer":
      let low = schema["minimum"]?.intValue ?? 1
      let (above, isTooLarge) = low.addingReportingOverflow(6)
      return .int(min(schema["maximum"]?.intValue ?? .max, isTooLarge ? low : above))
    case "number": return .double(schema["minimum"]?.doubleValue ?? 1)
    case "boolean": return .bool(false)
    case "array":
      let least = max(3, min(schema["minItems"]?.intValue ?? 1, 1_000_000))
      let count = min(schema["maxItems"]?.intValue ?? least, least)
      return .array((0..<count).map { _ in modest(schema["items"] ?? .object([:])) })
    default: return .string("sample")
    }
  }

  /// Names of the parameters that must be given and are files or folders.
  static func requiredPaths(_ schema: JSONValue) -> [String] {
    (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter {
      schema["properties"]?[$0]?[ParameterTrait.path.rawValue] == .bool(true)
    }
  }

  /// Draws values within the schema's ranges; those of texts stay as they are.
  ///
  /// - Parameters:
  ///   - schema: Of the parameters.
  ///   - usual: Values that do.
  ///   - given: Values that stay.
  ///   - numbers: Where they come from.
  /// - Returns: An object for all parameters.
  static func random(
    _ schema: JSONValue, over usual: JSONValue, keeping given: [String: JSONValue],
    _ numbers: inout SampleNumbers
  ) -> JSONValue {
    var values = usual.objectValue ?? [:]
    let properties = (schema["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
    let whole = try? ParameterSchema(schema)
    for (name, property) in properties where given[name] == nil {
      guard Bool.random(using: &numbers), let value = random(property, &numbers),
        whole?.faults(in: value, of: name).isEmpty != false
      else { continue }
      values[name] = value
    }
    // What is fine by itself may not be together.
    return whole?.faults(in: .object(values)).isEmpty != false ? .object(values) : usual
  }

  private static func random(_ schema: JSONValue, _ numbers: inout SampleNumbers) -> JSONValue? {
    if let choices = schema["enum"]?.arrayValue { return choices.randomElement(using: &numbers) }
    switch schema["type"]?.stringValue {
    case "integer":
      let (low, high) = (schema["minimum"]?.intValue ?? 0, schema["maximum"]?.intValue ?? 100)
      guard low <= high else { return nil }
      // Ends are where mistakes live, and a middle of thousands takes long.
      let (above, isTooLarge) = low.addingReportingOverflow(9)
      let near = isTooLarge ? high : min(high, above)
      return .int(
        [low, high, Int.random(in: low...near, using: &numbers)][
          Int.random(in: 0...2, using: &numbers)])
    case "number":
      let (low, high) = (schema["minimum"]?.doubleValue ?? -1, schema["maximum"]?.doubleValue ?? 1)
      guard low <= high, (high - low).isFinite else { return nil }
      return .double(
        [low, high, Double.random(in: low...high, using: &numbers)][
          Int.random(in: 0...2, using: &numbers)])
    case "boolean": return .bool(Bool.random(using: &numbers))
    case "array":
      let least = schema["minItems"]?.intValue ?? 0
      let most = min(schema["maxItems"]?.intValue ?? .max, min(least, 1_000_000) + 3)
      guard least <= most else { return nil }
      let items = schema["items"] ?? .object([:])
      return .array(
        (0..<Int.random(in: least...most, using: &numbers)).map { _ in
          random(items, &numbers) ?? modest(items)
        })
    default: return nil
    }
  }
}
