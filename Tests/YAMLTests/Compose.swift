import Testing
import YAML

/// The root of a text without faults.
func compose(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> YAMLNode {
  let result = YAMLComposer.compose(Array(text.utf8))
  #expect(result.faults == [], sourceLocation: location)
  return try #require(result.root, sourceLocation: location)
}

/// The faults of a text.
func faults(_ text: String) -> [YAMLFault] { YAMLComposer.compose(Array(text.utf8)).faults }

extension SourceMark {
  /// Shorter to write: line, column and length.
  init(_ line: Int, _ column: Int, _ length: Int = 1) {
    self.init(line: line, column: column, length: length)
  }
}

extension YAMLNode {
  var pairs: [Pair] {
    if case .mapping(let pairs) = content { pairs } else { [] }
  }

  var items: [YAMLNode] {
    if case .sequence(let items) = content { items } else { [] }
  }

  /// The content without places: texts in quotes, lists and mappings as in JSON.
  var outline: String {
    switch content {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text.debugDescription
    case .sequence(let items): "[\(items.map(\.outline).joined(separator: ", "))]"
    case .mapping(let pairs):
      "{\(pairs.map { "\($0.key.value): \($0.value.outline)" }.joined(separator: ", "))}"
    }
  }
}
