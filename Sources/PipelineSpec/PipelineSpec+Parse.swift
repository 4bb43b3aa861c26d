import YAML

extension PipelineSpec {
  /// What was read of a file.
  package struct Reading: Sendable {
    /// Nil when too little could be read to go on; with errors in `diagnostics` it is only good for more checks.
    package var spec: PipelineSpec?
    /// Sorted by place.
    package var diagnostics: [Diagnostic]
    /// True when the text is no YAML, as it is while somebody is still writing it.
    package var isSyntaxFault: Bool

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
  }

  /// Reads a spec, reporting every fault at once.
  ///
  /// - Parameter bytes: The file.
  /// - Returns: The spec as far as it could be read, and all faults of its text.
  package static func parse(_ bytes: [UInt8]) -> Reading {
    let composed = YAMLComposer.compose(bytes)
    var diagnostics = composed.faults.map(diagnostic)
    let isSyntaxFault = composed.faults.contains { $0.kind == .syntax || $0.kind == .empty }
    var spec: PipelineSpec?
    if let root = composed.root {
      let decoder = SpecDecoder()
      spec = decoder.decode(root)
      diagnostics += decoder.reader.diagnostics
    }
    return Reading(
      spec: spec, diagnostics: diagnostics.sortedByPlace(), isSyntaxFault: isSyntaxFault)
  }

  private static func diagnostic(_ fault: YAMLFault) -> Diagnostic {
    let codes: [YAMLFault.Kind: String] = [
      .syntax: "E001", .encoding: "E002", .tooLarge: "E003", .tooDeep: "E004",
      .tooManyNodes: "E005", .empty: "E006", .severalDocuments: "E007", .duplicateKey: "E008",
      .keyNotText: "E009", .mergeKey: "E010", .unknownAlias: "E011", .unknownTag: "E012",
      .oddCharacter: "E013",
    ]
    let note = fault.kind == .duplicateKey ? "the first is here" : "it starts here"
    return Diagnostic(
      codes[fault.kind] ?? "E001", fault.message, at: fault.mark,
      notes: fault.other.map { [Diagnostic.Note(note, at: $0)] } ?? [])
  }
}

extension [Diagnostic] {
  /// In the order of the file; what has no place comes first.
  package func sortedByPlace() -> [Diagnostic] {
    enumerated().sorted { left, right in
      let a = left.element.mark.map { ($0.line, $0.column) } ?? (0, 0)
      let b = right.element.mark.map { ($0.line, $0.column) } ?? (0, 0)
      return a == b ? left.offset < right.offset : a < b
    }.map(\.element)
  }
}
