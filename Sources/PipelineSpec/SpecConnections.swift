import YAML

/// Checks that names are given once and that what stages read from is there.
///
/// Entries that could not be read count too, so that one fault is not reported again at each stage that reads from it.
struct SpecConnections {
  struct Entry {
    /// `stages[1]`.
    var path: String
    /// As written; nil when it has none or is no text.
    var id: Marked<String>?
    var inputs: [SpecStage.Connection]
    /// Nil when too little of it could be read.
    var stage: SpecStage?

    init(path: String, id: YAMLNode?, inputs: [SpecStage.Connection]) {
      self.path = path
      self.inputs = inputs
      if let id, case .string(let text) = id.content { self.id = Marked(text, at: id.mark) }
    }
  }

  let reader: SpecReader
  let entries: [Entry]
  /// Names of inputs as written; nil when the spec has no `input:`.
  let inputs: [Marked<String>]?

  /// Each stage has a name of its own, and none that of the input.
  func checkNames() {
    var seen: [String: SourceMark] = [:]
    for entry in entries {
      guard let id = entry.id else { continue }
      let path = "\(entry.path).id"
      if let first = seen[id.value] {
        reader.report(
          "E039", "two stages are called '\(id.value.quotable)'; rename one of them", at: id.mark,
          path: path, notes: [Diagnostic.Note("the first is here", at: first)])
      }
      seen[id.value] = seen[id.value] ?? id.mark
      if let input = inputs?.first(where: { $0.value == id.value }) {
        reader.report(
          "E040", "the stage '\(id.value.quotable)' has the name of the input; rename one of them",
          at: id.mark, path: path, notes: [Diagnostic.Note("the input is here", at: input.mark)])
      }
    }
  }

  /// What stages read from is in the spec.
  func check() {
    for entry in entries {
      for connection in entry.inputs {
        let path = reader.join("\(entry.path).in", connection.port.value)
        check(connection.source, of: entry, path)
      }
    }
  }

  private func check(_ source: Marked<String>, of entry: Entry, _ path: String) {
    let parts = source.value.split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count <= 2, parts.allSatisfy({ Identifier.isStageID($0) }) else {
      return reader.report(
        "E043",
        "'\(source.value.quotable)' connects to nothing; write 'stage.port' or the name of the input",
        at: source.mark, path: path)
    }
    if parts.count == 1 { return checkInput(parts[0], source.mark, path) }
    let ids = entries.compactMap(\.id?.value)
    if parts[0] == entry.id?.value {
      reader.report(
        "E045", "the stage '\(parts[0])' reads from itself; connect it to another stage",
        at: source.mark, path: path)
    } else if !ids.contains(parts[0]) {
      let others = ids.filter { $0 != entry.id?.value && Identifier.isStageID($0) }
      let near = Suggestion.nearest(to: parts[0], among: others)
      let advice =
        near.map { "did you mean '\($0)'?" }
        ?? "the stages are \(ids.map(\.quotable).joined(separator: ", "))"
      reader.report(
        "E044", "there is no stage '\(parts[0])'; \(advice)", at: source.mark, path: path,
        fix: near.map { "\($0).\(parts[1])" })
    }
  }

  private func checkInput(_ name: String, _ mark: SourceMark, _ path: String) {
    if let inputs, inputs.isEmpty || inputs.contains(where: { $0.value == name }) { return }
    if entries.contains(where: { $0.id?.value == name }) {
      return reader.report(
        "E046", "'\(name)' is a stage; name the port to read from: '\(name).PORT'", at: mark,
        path: path)
    }
    guard let first = inputs?.first else {
      return reader.report(
        "E047",
        "there is no input '\(name)', as the spec has no 'input'; add 'input: { \(name): { dir: … } }'",
        at: mark, path: path)
    }
    let near = Suggestion.nearest(to: name, among: [first.value].filter(Identifier.isStageID))
    let advice =
      near.map { "did you mean '\($0)'?" } ?? "the input is '\(first.value.quotable)'"
    reader.report(
      "E046", "there is no input '\(name)'; \(advice)", at: mark, path: path, fix: near)
  }
}
