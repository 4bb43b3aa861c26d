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
      wrongKind(node, .mapping, path)
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
        "E022", "\(table.place) lacks '\(key.name)' (\(Self.clause(key.doc))); add it",
        at: pairs.first?.key.mark ?? node.mark, path: path.isEmpty ? nil : path)
    }
    return values
  }

  /// A sentence as part of another.
  private static func clause(_ sentence: String) -> String {
    let clause = sentence.prefix { $0 != ";" }
    return clause.prefix(1).lowercased()
      + (clause.hasSuffix(".") ? clause.dropLast() : clause).dropFirst()
  }

  private func unknownKey(_ key: Marked<String>, _ table: SpecKeys.Table, _ path: String) {
    let known = table.keys.map(\.name)
    let near = Suggestion.nearest(to: key.value, among: known)
    let advice =
      near.map { "; did you mean '\($0)'?" } ?? "; known are \(known.joined(separator: ", "))"
    report(
      "E021", "unknown key '\(key.value.quotable)' in \(table.place)\(advice)", at: key.mark,
      path: join(path, key.value), fix: near)
  }

  /// Pairs of a mapping with names of the author's own.
  func named(_ node: YAMLNode, path: String) -> [YAMLNode.Pair] {
    guard case .mapping(let pairs) = node.content else {
      wrongKind(node, .mapping, path)
      return []
    }
    return pairs
  }

  /// A text that isn't empty; `expected` is how messages call it.
  func text(
    _ node: YAMLNode?, path: String, expected: Expected = .text
  ) -> Marked<String>? {
    guard let node else { return nil }
    guard case .string(let text) = node.content else {
      wrongKind(node, expected, path)
      return nil
    }
    guard !text.isEmpty else {
      report(
        "E054", "'\(path)' is an empty text; fill it in", at: node.mark,
        path: path)
      return nil
    }
    return Marked(text, at: node.mark)
  }

  func whole(_ node: YAMLNode?, _ range: ClosedRange<Int>, path: String) -> Marked<Int>? {
    guard let node else { return nil }
    if case .double(let number) = node.content, number.isFinite, abs(number) >= 0x1p63 {
      report(
        "E028", "'\(path)' is \(number); it must be at most \(range.upperBound)", at: node.mark,
        path: path)
      return nil
    }
    guard case .int(let number) = node.content else {
      wrongKind(node, .whole, path)
      return nil
    }
    guard range.contains(number) else {
      let span =
        range.upperBound == Int.max
        ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
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
        "E024", "'\(path)' is the text '\(word)'; it must be true or false: write \(meant)",
        at: node.mark, path: path, fix: meant)
    default: wrongKind(node, .boolean, path)
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
        "'\(path)' is '\(word.value.quotable)'; it must be one of \(choices.joined(separator: ", "))"
          + (near.map { "; did you mean '\($0)'?" } ?? ""), at: word.mark, path: path, fix: near)
      return nil
    }
    return word
  }

  func size(_ node: YAMLNode?, path: String) -> Marked<Int>? {
    guard let word = unitText(node, "E029", .size, "GiB", path) else { return nil }
    do throws(Units.Fault) {
      let bytes = Marked(try Units.bytes(word.value), at: word.mark)
      return SpecBounds.size.range.contains(Double(bytes.value))
        ? bytes : outOfRange(word, SpecBounds.size, path)
    } catch .tooLarge {
      return outOfRange(word, SpecBounds.size, path)
    } catch {
      unitFault(error, word, path, "a size", ("E029", "E030"), "8GiB or 512MiB", "GiB")
      return nil
    }
  }

  func duration(_ node: YAMLNode?, path: String) -> Marked<Double>? {
    guard let word = unitText(node, "E031", .duration, "s", path) else { return nil }
    do throws(Units.Fault) {
      let seconds = Marked(try Units.seconds(word.value), at: word.mark)
      return SpecBounds.duration.range.contains(seconds.value)
        ? seconds : outOfRange(word, SpecBounds.duration, path)
    } catch .tooLarge {
      return outOfRange(word, SpecBounds.duration, path)
    } catch {
      unitFault(error, word, path, "a length of time", ("E031", "E032"), "10s, 5m or 6h", "s")
      return nil
    }
  }

  /// The text of a value with a unit; a bare number gets the advice to add one.
  private func unitText(
    _ node: YAMLNode?, _ code: String, _ expected: Expected, _ unit: String, _ path: String
  ) -> Marked<String>? {
    guard let node else { return nil }
    let what = expected == .size ? "a size" : "a length of time"
    switch node.content {
    case .int(let number):
      report(
        code,
        "'\(path)' is the bare number \(number); \(what) needs its unit, like \(number)\(unit)",
        at: node.mark, path: path, fix: "\(number)\(unit)")
      return nil
    case .double(let number):
      report(
        code,
        "'\(path)' is the bare number \(number); \(what) needs its unit, like \(number)\(unit)",
        at: node.mark, path: path, fix: "\(number)\(unit)")
      return nil
    default: return text(node, path: path, expected: expected)
    }
  }

  /// Says what a quantity may be; nil, so that it can be returned.
  func outOfRange<Value>(
    _ word: Marked<String>, _ bounds: SpecBounds.Quantity, _ path: String
  ) -> Marked<Value>? {
    report(
      "E028", "'\(path)' is \(word.value.quotable); it must be \(bounds.words)", at: word.mark,
      path: path)
    return nil
  }

  private func unitFault(
    _ fault: Units.Fault, _ word: Marked<String>, _ path: String, _ what: String,
    _ codes: (missing: String, malformed: String), _ example: String, _ unit: String
  ) {
    switch fault {
    case .unitMissing:
      report(
        codes.missing,
        "'\(path)' is '\(word.value.quotable)'; \(what) needs its unit, like \(word.value.quotable)\(unit)",
        at: word.mark, path: path, fix: "\(word.value)\(unit)")
    case .malformed, .tooLarge:
      report(
        codes.malformed,
        "'\(path)' is '\(word.value.quotable)', which is not \(what); write one like \(example)",
        at: word.mark, path: path)
    }
  }

  /// The path of a key of the author's own.
  func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key.quotable : "\(path).\(key.quotable)"
  }
}
