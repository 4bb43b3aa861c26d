import DurableFiles
import FileNames
import JobModel
import ParameterSchemas
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
    let given = stage.parameters.map(Self.json) ?? .object([:])
    let schema: ParameterSchema
    do throws(SchemaError) {
      schema = try ParameterSchema(description.parameterSchema)
    } catch {
      report("E128", "the parameter schema of \(description.id) \(error)", at: stage.id.mark, "")
      return given
    }
    let values = schema.complete(given)
    for fault in schema.faults(in: values) { report(fault) }
    checkTemplates(values)
    return absolute(values)
  }

  private mutating func checkTemplates(_ values: JSONValue) {
    let mayBeEmpty = Set(description.parameters(with: .mayBeEmpty))
    for name in description.parameters(with: .template) {
      guard let text = values[name]?.stringValue, !(text.isEmpty && mayBeEmpty.contains(name))
      else { continue }
      do throws(NameTemplateError) {
        _ = try NameTemplate(text)
      } catch {
        report("E126", error.description, at: mark(of: [.key(name)]), name)
      }
    }
  }

  /// The parameters with absolute paths where they name a file or folder to read.
  private mutating func absolute(_ values: JSONValue) -> JSONValue {
    guard var members = values.objectValue else { return values }
    for name in description.parameters(with: .path) {
      guard let path = members[name]?.stringValue else { continue }
      let absolute = Paths.absolute(path, base: base)
      if Files.status(absolute, followingLinks: true) == nil {
        report(
          "E129",
          "'\(name)' of \(description.id) names '\(path.shown)', which is not there (looked for '\(absolute.shown)')",
          at: mark(of: [.key(name)]), name)
      }
      members[name] = .string(absolute)
    }
    return .object(members)
  }

  private mutating func report(_ fault: SchemaFault) {
    let written = node(at: fault.path)
    let text = ParameterFaultText(
      fault, of: description, as: stage.id.value, isQuoted: fitsWithoutQuotes(written, fault))
    let isMissing = if case .missing = fault.kind { true } else { false }
    let isDefault = written == nil && !isMissing && !fault.path.isEmpty
    let own = isDefault ? " (that is the stage's own default: its author has to mend it)" : ""
    let key = if case .unknown = fault.kind { keyMark(of: fault.path) } else { SourceMark?.none }
    report(
      text.code, text.message + own, at: key ?? mark(of: fault.path), fault.name, fix: text.fix)
  }

  private mutating func report(
    _ code: String, _ message: String, at mark: SourceMark, _ name: String, fix: String? = nil
  ) {
    let path = name.isEmpty ? "params" : "params.\(name)"
    faults.append(
      Diagnostic(code, message, at: mark, path: "\(stage.id.value).\(path)", fix: fix))
  }

  /// True where a value would do without the quotes around it.
  private func fitsWithoutQuotes(_ node: YAMLNode?, _ fault: SchemaFault) -> Bool {
    guard case .type(let types) = fault.kind, let node, let bare = node.withoutQuotes else {
      return false
    }
    let value = Self.json(YAMLNode(bare, at: node.mark))
    return types.contains { $0.takes(value) }
  }

  private func node(at path: some Sequence<SchemaFault.Step>) -> YAMLNode? {
    path.reduce(stage.parameters) { node, step in
      switch (step, node?.content) {
      case (.key(let key), .mapping(let pairs)?): pairs.last { $0.key.value == key }?.value
      case (.index(let index), .sequence(let items)?):
        items.indices.contains(index) ? items[index] : nil
      default: nil
      }
    }
  }

  /// Where the key of a value stands.
  private func keyMark(of path: [SchemaFault.Step]) -> SourceMark? {
    guard case .key(let key)? = path.last,
      case .mapping(let pairs)? = node(at: path.dropLast())?.content
    else { return nil }
    return pairs.last { $0.key.value == key }?.key.mark
  }

  /// Where a value stands, or else the nearest thing around it.
  private func mark(of path: [SchemaFault.Step]) -> SourceMark {
    if let node = node(at: path) { return node.mark }
    guard let around = path.isEmpty ? nil : path.dropLast() else { return stage.id.mark }
    return around.isEmpty ? stage.parameters?.mark ?? stage.id.mark : mark(of: Array(around))
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
