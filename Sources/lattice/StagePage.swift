import FileNames
import JobModel
import Planning
import StageCatalog

/// All that a spec's author wants to know of a stage, as lines of text.
struct StagePage {
  let lines: [String]

  init(_ entry: StageCatalog.Entry, of plugin: PluginDescription) {
    let stage = entry.stage
    var lines = [
      "\(stage.id) \(entry.version)  (\(stage.kind.rawValue))", "  \(stage.summary)",
      "  plugin   \(entry.plugin.path)", "  sha256   \(entry.plugin.sha256)",
    ]
    if let module = plugin.module {
      lines.append(
        "  module   \(module.id) \(module.version), \(module.vendor), \(module.license), stage ABI 1.\(module.abiMinor)"
      )
    }
    let traits = Self.traits(stage)
    if !traits.isEmpty { lines.append("  is       \(traits.joined(separator: ", "))") }
    lines += stage.inputs.map { "  input    \(Self.text($0))" }
    lines += stage.outputs.map { "  output   \(Self.text($0))" }
    if !stage.modelSlots.isEmpty {
      lines.append("  models   \(stage.modelSlots.joined(separator: ", "))")
    }
    lines += Self.parameters(stage.parameterSchema)
    lines += ["  example"] + StageExample(entry).lines.map { "    \($0)" }
    self.lines = lines.map(\.shown)
  }

  private static func traits(_ stage: StageDescription) -> [String] {
    [
      stage.isDeterministic ? "deterministic" : nil, stage.needsSeed ? "seeded" : nil,
      stage.isParallel ? "parallel" : nil, stage.reduces ? "reducing over the whole job" : nil,
      stage.preferredBatch > 0 ? "best with batches of \(stage.preferredBatch)" : nil,
    ].compactMap(\.self)
  }

  private static func text(_ port: PortDescription) -> String {
    let optional = port.isOptional ? " (optional)" : ""
    return "\(port.name)\(optional): \(port.typeText)  \(port.doc)"
  }

  private static func parameters(_ schema: JSONValue) -> [String] {
    guard case .object(let members) = schema, case .object(let properties) = members["properties"]
    else { return [] }
    let required: [JSONValue] =
      if case .array(let names) = members["required"] { names } else { [] }
    var lines: [String] = []
    for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
      guard case .object(let facts) = property else { continue }
      var line = "  param    \(name): \(type(facts))"
      if required.contains(.string(name)) { line += ", required" }
      if let value = facts["default"], let text = try? value.canonicalText {
        line += ", default \(text)"
      }
      lines.append(line)
      if case .string(let doc) = facts["description"] { lines.append("           \(doc)") }
    }
    return lines
  }

  private static func type(_ facts: [String: JSONValue]) -> String {
    let schema = JSONValue.object(facts)
    if let value = schema["const"], let text = try? value.canonicalText { return text }
    if let choices = schema["enum"]?.arrayValue {
      return choices.compactMap { try? $0.canonicalText }.joined(separator: " | ")
    }
    let names = schema["type"]?.arrayValue?.compactMap(\.stringValue)
    var text = names?.joined(separator: " or ") ?? schema["type"]?.stringValue ?? "value"
    if let items = schema["items"]?.objectValue { text += " of \(type(items))" }
    let limits = [
      ("minimum", "at least"), ("exclusiveMinimum", "above"), ("maximum", "at most"),
      ("exclusiveMaximum", "below"), ("multipleOf", "a multiple of"),
      ("minItems", "entries at least"),
      ("maxItems", "entries at most"), ("minLength", "characters at least"),
      ("maxLength", "characters at most"),
    ].compactMap { key, words in
      facts[key].flatMap { try? $0.canonicalText }.map { "\(words) \($0)" }
    }
    let isDeprecated = schema["deprecated"] == .bool(true)
    return ([text] + limits + (isDeprecated ? ["deprecated"] : [])).joined(separator: ", ")
  }
}
