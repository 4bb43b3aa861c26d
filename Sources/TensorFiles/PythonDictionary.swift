/// Reads the Python dictionary of a `.npy` header: texts, True and False, tuples of whole numbers, and lists of fields.
struct PythonDictionary {
  enum Value: Equatable {
    case text(String)
    case flag(Bool)
    case tuple([Int])
    /// Names of the fields of a structured type.
    case records([String])
  }

  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  /// The members; nil when the text is anything else.
  mutating func members() -> [String: Value]? {
    var members: [String: Value] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = text(), take(":"), let value = value() else { return nil }
      guard members.updateValue(value, forKey: key) == nil else { return nil }
      guard take(",") || peek("}") else { return nil }
    }
    skipSpace()
    return rest.isEmpty ? members : nil
  }

  private mutating func value() -> Value? {
    if takeWord("True") { return .flag(true) }
    if takeWord("False") { return .flag(false) }
    if take("(") { return tuple() }
    if peek("[") { return fields().map { .records($0) } }
    return text().map { .text($0) }
  }

  private mutating func tuple() -> Value? {
    var sizes: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let size = Int(digits), sizes.count < 64 else { return nil }
      rest = rest.dropFirst(digits.count)
      _ = take("L")
      sizes.append(size)
      guard take(",") || peek(")") else { return nil }
    }
    return .tuple(sizes)
  }

  /// A list of tuples, each with a field's name first, or a title and the name; types may be lists of fields again.
  private mutating func fields() -> [String]? {
    var names: [String] = []
    var depth = 0
    var isFirst = false
    repeat {
      skipSpace()
      guard let character = rest.first else { return nil }
      switch character {
      case "[", "(":
        rest.removeFirst()
        depth += 1
        isFirst = depth == 2 || isFirst && depth == 3
      case "]", ")":
        rest.removeFirst()
        depth -= 1
      case "'", "\"":
        guard let text = text() else { return nil }
        if isFirst && depth <= 3 { names.append(text) }
        isFirst = false
      case ",", "0"..."9", "L": rest.removeFirst()
      default: return nil
      }
    } while depth > 0
    return names
  }

  private mutating func text() -> String? {
    skipSpace()
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
    let body = rest.dropFirst().prefix { $0 != quote && $0 != "\\" }
    guard rest.dropFirst(1 + body.count).first == quote else { return nil }
    rest = rest.dropFirst(body.count + 2)
    return String(body)
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    skipSpace()
    guard rest.hasPrefix(word) else { return false }
    rest = rest.dropFirst(word.count)
    return true
  }

  private mutating func peek(_ character: Character) -> Bool {
    skipSpace()
    return rest.first == character
  }

  private mutating func skipSpace() { rest = rest.drop { $0.isWhitespace } }
}
