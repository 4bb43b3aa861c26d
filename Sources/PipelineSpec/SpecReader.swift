import YAML

/// Reads single values of a spec and gathers faults.
final class SpecReader {
  private(set) var diagnostics: [Diagnostic] = []

  func report(
    _ code: String, _ message: String, at mark: SourceMark?, path: String? = nil,
    fix: String? = nil, notes: [Diagnostic.Note] = []
  ) {
    diagnostics.append(
      Diagnostic(code, message, at: mark, path: path, fix: fix, notes: notes))
  }

  /// The values of a mapping by key; unknown and missing keys are faults.
  func mapping(
    _ node: YAMLNode, _ table: SpecKeys.Table, path: String
  ) -> [String: YAMLNode]? {
    guard case .mapping(let pairs) = node.content else {
      wrongKind(node, "a mapping", path)
      return nil
    }
    var values: [String: YAMLNode] = [:]
    let known = table.keys.map(\.name)
    for pair in pairs {
      let name = pair.key.value
      if known.contains(name) {
        values[name] = pair.value
      } else if !(table.allowsOwnKeys && name.hasPrefix("x-")) {
        unknownKey(pair.key, table, path)
      }
    }
    for key in table.keys where key.isRequired && values[key.name] == nil {
      report(
        "E022", "\(table.place) lacks '\(key.name)': \(key.doc)",
        at: pairs.first?.key.mark ?? node.mark,
        path: path)
    }
    return values
  }

  private func unknownKey(_ key: Marked<String>, _ table: SpecKeys.Table, _ path: String) {
    let known = table.keys.map(\.name)
    let near = Suggestion.nearest(to: key.value, among: known)
    let advice =
      near.map { "; did you mean '\($0)'?" } ?? "; known are \(known.joined(separator: ", "))"
    report(
      "E021", "unknown key '\(key.value)' in \(table.place)\(advice)", at: key.mark,
      path: join(path, key.value), fix: near)
  }

  /// Pairs of a mapping with names of the author's own.
  func named(_ node: YAMLNode, path: String) -> [YAMLNode.Pair] {
    guard case .mapping(let pairs) = node.content else {
      wrongKind(node, "a mapping", path)
      return []
    }
    return pairs
  }

  func text(_ node: YAMLNode?, path: String) -> Marked<String>? {
    guard let node else { return nil }
    guard case .string(let text) = node.content else {
      wrongKind(node, "a text", path)
      return nil
    }
    guard !text.isEmpty else {
      report("E054", "'\(path)' is an empty text", at: node.mark, path: path)
      return nil
    }
    return Marked(text, at: node.mark)
  }

  func whole(_ node: YAMLNode?, _ range: ClosedRange<Int>, path: String) -> Marked<Int>? {
    guard let node else { return nil }
    guard case .int(let number) = node.content else {
      wrongKind(node, "a whole number", path)
      return nil
    }
    guard range.contains(number) else {
      let span =
        range.upperBound == Int.max
        ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      report("E028", "'\(path)' is \(number); it must be \(span)", at: node.mark, path: path)
      return nil
    }
    return Marked(number, at: node.mark)
  }

  func boolean(_ node: YAMLNode?, path: String) -> Marked<Bool>? {
    guard let node else { return nil }
    switch node.content {
    case .bool(let flag): return Marked(flag, at: node.mark)
    case .string(let word) where Self.booleanWords[word.lowercased()] != nil:
      let meant = Self.booleanWords[word.lowercased()] == true ? "true" : "false"
      report(
        "E024", "'\(word)' is a text in YAML 1.2; write \(meant)", at: node.mark, path: path,
        fix: meant)
    default: wrongKind(node, "true or false", path)
    }
    return nil
  }

  static let booleanWords = [
    "yes": true, "on": true, "y": true, "true": true, "no": false, "off": false, "n": false,
    "false": false,
  ]

  func choice(_ node: YAMLNode?, _ choices: [String], path: String) -> Marked<String>? {
    guard let word = text(node, path: path) else { return nil }
    guard choices.contains(word.value) else {
      let near = Suggestion.nearest(to: word.value, among: choices)
      report(
        "E037",
        "'\(path)' is '\(word.value)'; it must be \(choices.joined(separator: ", "))"
          + (near.map { "; did you mean '\($0)'?" } ?? ""), at: word.mark, path: path, fix: near)
      return nil
    }
    return word
  }

  func size(_ node: YAMLNode?, path: String) -> Marked<Int>? {
    guard let word = unitText(node, "E029", "a size", "GiB", path) else { return nil }
    do throws(Units.Fault) {
      return Marked(try Units.bytes(word.value), at: word.mark)
    } catch {
      unitFault(error, word, path, "a size", ("E029", "E030"), "8GiB or 512MiB", "GiB")
      return nil
    }
  }

  func duration(_ node: YAMLNode?, path: String) -> Marked<Double>? {
    guard let word = unitText(node, "E031", "a length of time", "s", path) else { return nil }
    do throws(Units.Fault) {
      return Marked(try Units.seconds(word.value), at: word.mark)
    } catch {
      unitFault(error, word, path, "a length of time", ("E031", "E032"), "10s, 5m or 6h", "s")
      return nil
    }
  }

  /// The text of a value with a unit; a bare number gets the advice to add one.
  private func unitText(
    _ node: YAMLNode?, _ code: String, _ what: String, _ unit: String, _ path: String
  ) -> Marked<String>? {
    guard let node else { return nil }
    switch node.content {
    case .int(let number):
      report(
        code, "'\(path)' is \(number) of what? \(what) needs its unit, like \(number)\(unit)",
        at: node.mark, path: path, fix: "\(number)\(unit)")
      return nil
    case .double(let number):
      report(
        code, "'\(path)' is \(number) of what? \(what) needs its unit, like \(number)\(unit)",
        at: node.mark, path: path, fix: "\(number)\(unit)")
      return nil
    default: return text(node, path: path)
    }
  }

  private func unitFault(
    _ fault: Units.Fault, _ word: Marked<String>, _ path: String, _ what: String,
    _ codes: (missing: String, malformed: String), _ example: String, _ unit: String
  ) {
    switch fault {
    case .unitMissing:
      report(
        codes.missing,
        "'\(path)' is '\(word.value)'; \(what) needs its unit, like \(word.value)\(unit)",
        at: word.mark, path: path, fix: "\(word.value)\(unit)")
    case .malformed:
      report(
        codes.malformed, "'\(path)' is '\(word.value)', which is not \(what) such as \(example)",
        at: word.mark, path: path)
    }
  }

  /// Says what was expected and what is there.
  func wrongKind(_ node: YAMLNode, _ expected: String, _ path: String) {
    let place = path.isEmpty ? "the spec" : "'\(path)'"
    let code = path.isEmpty ? "E020" : "E023"
    report(
      code, "\(place) must be \(expected), not \(Self.kind(of: node))", at: node.mark,
      path: path.isEmpty ? nil : path)
  }

  static func kind(of node: YAMLNode) -> String {
    switch node.content {
    case .null: "nothing"
    case .bool(let flag): "the boolean \(flag)"
    case .int(let number): "the number \(number)"
    case .double(let number): "the number \(number)"
    case .string(let text): "the text '\(text.prefix(40))'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
