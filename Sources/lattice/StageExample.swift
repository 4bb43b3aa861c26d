import JobModel
import StageCatalog
import Versions

/// A stage as it may stand in a spec.
struct StageExample {
  let lines: [String]

  init(_ entry: StageCatalog.Entry) {
    let stage = entry.stage
    let name = stage.id.split(separator: ".").last.map(String.init) ?? stage.id
    var lines = ["- id: \(name)", "  use: \(stage.id)@\(entry.version.major)"]
    if !stage.modelSlots.isEmpty { lines.append("  model: my-model@1") }
    let inputs = stage.inputs.map { port in
      "\(port.name): \(port.isFile ? "photos" : "earlier.\(port.name)")"
    }
    if !inputs.isEmpty { lines.append("  in: { \(inputs.joined(separator: ", ")) }") }
    let parameters = Self.parameters(stage.parameterSchema)
    if !parameters.isEmpty { lines.append("  params: { \(parameters.joined(separator: ", ")) }") }
    self.lines = lines
  }

  /// Those with defaults, and those that must be given.
  private static func parameters(_ schema: JSONValue) -> [String] {
    let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    let properties = (schema["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
    return properties.compactMap { name, property in
      let value = property["default"] ?? (required.contains(name) ? .string("…") : nil)
      return value.flatMap { try? $0.canonicalText }.map { "\(name): \($0)" }
    }
  }
}
