import DurableFiles
import FileNames
import JobModel
import PipelineSpec
import YAML

/// Holds a stage's parameters against its schema, and fills in defaults.
struct ParameterCheck {
  let stage: SpecStage
  let description: StageDescription
  /// Absolute folder that relative paths are resolved against.
  let base: String
  private(set) var faults: [Diagnostic] = []

  init(_ stage: SpecStage, _ description: StageDescription, base: String) {
    self.stage = stage
    self.description = description
    self.base = base
  }

  /// The complete parameters; values that are at fault keep what was written.
  mutating func complete() -> JSONValue {
    let schema = description.parameterSchema
    let properties = schema["properties"]?.objectValue ?? [:]
    var given: [String: YAMLNode.Pair] = [:]
    if case .mapping(let pairs)? = stage.parameters?.content {
      for pair in pairs { given[pair.key.value] = pair }
    }
    for (name, pair) in given.sorted(by: { $0.key < $1.key }) where properties[name] == nil {
      unknown(pair.key, properties.keys.sorted())
    }
    var values: [String: JSONValue] = [:]
    let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
    for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
      if let pair = given[name] {
        let value = Self.named(Self.json(pair.value), property)
        check(value, pair.value, property, name)
        values[name] = file(value, pair.value, property, name) ?? value
      } else if let value = property["default"] {
        values[name] = value
      } else if required.contains(name) {
        report(
          "E124",
          "'\(stage.id.value)' (\(description.id)) needs the parameter '\(name)': \(doc(property))",
          at: stage.parameters?.mark ?? stage.id.mark, name)
      }
    }
    return .object(values)
  }

  private mutating func unknown(_ key: Marked<String>, _ known: [String]) {
    let near = Suggestion.nearest(to: key.value, among: known)
    let advice =
      near.map { "; did you mean '\($0)'?" }
      ?? (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
    report(
      "E120", "\(description.id) has no parameter '\(key.value.shown)'\(advice)", at: key.mark,
      key.value,
      fix: near)
  }

  private mutating func check(
    _ value: JSONValue, _ node: YAMLNode, _ schema: JSONValue, _ name: String
  ) {
    let type = Self.type(schema)
    guard let type, fits(value, type) else {
      let wanted = type.map(Self.typeName) ?? "something else"
      return report(
        "E121",
        "'\(name)' of \(description.id) must be \(wanted), not \(Self.text(value))\(quotes(node, type)): \(doc(schema))",
        at: node.mark, name)
    }
    if let words = schema["enum"]?.arrayValue, !words.contains(value) {
      let known = words.compactMap(\.stringValue)
      let near = Suggestion.nearest(to: value.stringValue ?? "", among: known)
      return report(
        "E123",
        "'\(name)' of \(description.id) is \(Self.text(value)); it must be \(known.joined(separator: ", "))"
          + (near.map { "; did you mean '\($0)'?" } ?? ""), at: node.mark, name, fix: near)
    }
    checkRange(value, node, schema, name)
    if schema["x-lattice-template"]?.boolValue == true, let text = value.stringValue,
      !(text.isEmpty && schema["x-lattice-may-be-empty"]?.boolValue == true)
    {
      do throws(NameTemplateError) {
        _ = try NameTemplate(text)
      } catch {
        report("E126", error.description, at: node.mark, name)
      }
    }
    if let items = value.arrayValue { checkItems(items, node, schema, name) }
  }

  /// The absolute path of a parameter that names a file or folder to read; nil for other parameters.
  private mutating func file(
    _ value: JSONValue, _ node: YAMLNode, _ schema: JSONValue, _ name: String
  ) -> JSONValue? {
    guard schema["x-lattice-path"]?.boolValue == true, let path = value.stringValue else {
      return nil
    }
    let absolute = Paths.absolute(path, base: base)
    if Files.status(absolute, followingLinks: true) == nil {
      report(
        "E129",
        "'\(name)' of \(description.id) names '\(path.shown)', which is not there (looked for '\(absolute.shown)')",
        at: node.mark, name)
    }
    return .string(absolute)
  }

  /// Says so where a value would do without the quotes around it.
  private func quotes(_ node: YAMLNode, _ type: String?) -> String {
    guard let type, let bare = node.withoutQuotes,
      fits(Self.json(YAMLNode(bare, at: node.mark)), type)
    else { return "" }
    return " in quotes, which make it a text; take them away"
  }

  private mutating func checkRange(
    _ value: JSONValue, _ node: YAMLNode, _ schema: JSONValue, _ name: String
  ) {
    guard let number = value.doubleValue else { return }
    let least = schema["minimum"]?.doubleValue
    let greatest = schema["maximum"]?.doubleValue
    let isOutside = number < least ?? -.infinity || number > greatest ?? .infinity
    guard isOutside || !number.isFinite else { return }
    let range = [
      least.map { "at least \(Self.bound($0))" }, greatest.map { "at most \(Self.bound($0))" },
    ]
    let bounds = range.compactMap(\.self).joined(separator: " and ")
    report(
      "E122",
      "'\(name)' of \(description.id) is \(Self.text(value)); it must be \(bounds.isEmpty ? "finite" : bounds)",
      at: node.mark, name)
  }

  private mutating func checkItems(
    _ items: [JSONValue], _ node: YAMLNode, _ schema: JSONValue, _ name: String
  ) {
    let least = schema["minItems"]?.intValue ?? 0
    let most = schema["maxItems"]?.intValue ?? Int.max
    if items.count < least || items.count > most {
      let range =
        most == Int.max ? "at least \(least)" : least == most ? "\(least)" : "\(least) to \(most)"
      report(
        "E125",
        "'\(name)' of \(description.id) has \(items.count) \(items.count == 1 ? "entry" : "entries"); it must have \(range)",
        at: node.mark, name)
    }
    guard let schema = schema["items"], case .sequence(let nodes) = node.content else { return }
    for (index, (item, node)) in zip(items, nodes).enumerated() {
      check(item, node, schema, "\(name)[\(index)]")
    }
  }

  private mutating func report(
    _ code: String, _ message: String, at mark: SourceMark, _ name: String, fix: String? = nil
  ) {
    faults.append(
      Diagnostic(code, message, at: mark, path: "\(stage.id.value).params.\(name)", fix: fix))
  }

  private func doc(_ schema: JSONValue) -> String {
    schema["description"]?.stringValue ?? "see 'lattice plugin inspect \(description.id)'"
  }

  /// What is written in the schema, or `name` for a name or number.
  private static func type(_ schema: JSONValue) -> String? {
    schema["type"] == .array([.string("string"), .string("integer")])
      ? "name" : schema["type"]?.stringValue
  }

  /// The value with whole numbers as texts where names or numbers are asked for.
  private static func named(_ value: JSONValue, _ schema: JSONValue) -> JSONValue {
    switch value {
    case .int(let number) where type(schema) == "name": .string("\(number)")
    case .array(let items):
      .array(items.map { named($0, schema["items"] ?? .null) })
    default: value
    }
  }

  private func fits(_ value: JSONValue, _ type: String) -> Bool {
    switch (type, value) {
    case ("integer", .int), ("number", .int), ("number", .double), ("string", .string),
      ("name", .string), ("boolean", .bool), ("array", .array), ("object", .object):
      true
    default: false
    }
  }

  private static func typeName(_ type: String) -> String {
    switch type {
    case "integer": "a whole number"
    case "number": "a number"
    case "string": "a text"
    case "name": "a name or a whole number"
    case "boolean": "true or false"
    case "array": "a list"
    default: "a mapping"
    }
  }

  private static func bound(_ number: Double) -> String {
    number == number.rounded() && number.magnitude < 1e15 ? String(Int(number)) : "\(number)"
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): "'\(text.shown)'"
    case .double(let number): "\(number)"
    default: (try? value.canonicalText) ?? "a value that is no JSON"
    }
  }

  static func json(_ node: YAMLNode) -> JSONValue {
    switch node.content {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .sequence(let items): .array(items.map(json))
    case .mapping(let pairs):
      .object(Dictionary(pairs.map { ($0.key.value, json($0.value)) }) { $1 })
    }
  }
}
