import YAML

/// What a place in a spec takes, as messages call it.
enum Expected: String {
  case text = "a text"
  case whole = "a whole number"
  case one = "the number 1"
  case boolean = "true or false"
  case list = "a list"
  case mapping = "a mapping"
  case size = "a size such as 8GiB"
  case duration = "a length of time such as 10s"
  case backoff = "two pauses such as 10s..5m"
  case allowance = "a whole number of items or a share such as 1%"
  case model = "a model such as name@version"
  case steps = "a count such as 500 steps"
  case modelName = "a name such as my-model or my-model@1"
}

extension SpecReader {
  /// Says what was expected, what is there and how to mend it.
  func wrongKind(_ node: YAMLNode, _ expected: Expected, _ path: String) {
    let advice = Self.advice(expected, node)
    let message = "must be \(expected.rawValue), not \(Self.kind(of: node)); \(advice)"
    if path.isEmpty {
      report("E020", "a spec \(message)", at: node.mark)
    } else {
      report("E023", "'\(path)' \(message)", at: node.mark, path: path)
    }
  }

  private static func kind(of node: YAMLNode) -> String {
    switch node.content {
    case .null: "nothing"
    case .bool(let flag): "the boolean \(flag)"
    case .int(let number): "the number \(number)"
    case .double(let number): "the number \(number)"
    case .string(let text):
      "the text '\(text.quotable)'" + (node.withoutQuotes == nil ? "" : " in quotes")
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  private static func advice(_ expected: Expected, _ node: YAMLNode) -> String {
    switch (expected, node.withoutQuotes) {
    case (.whole, .int), (.one, .int), (.boolean, .bool): return "take the quotes away"
    default: break
    }
    return switch (expected, node.content) {
    case (.mapping, .null): "fill it in or delete it"
    case (_, .null): "fill it in"
    case (.text, .bool), (.text, .int), (.text, .double): "put it in quotes"
    case (.whole, .string), (.one, .string): "write digits alone"
    case (.whole, .double), (.one, .double): "write it without a point or exponent"
    case (.boolean, _): "write one of the two"
    case (.list, _): "start each entry with '- '"
    case (.mapping, _): "write 'key: value' pairs"
    default: "write one instead"
    }
  }
}
