/// A pattern of paths: `*` and `?` within one part, `**` over parts, `[a-z]`, `{jpg,png}`; case counts.
package struct Glob: Hashable, Sendable {
  /// Pictures, at any depth.
  package static let images = "**/*.{png,jpg,jpeg,PNG,JPG,JPEG}"

  private let patterns: [[Character]]

  package init(_ text: String) { patterns = Self.alternatives(Array(text)) }

  /// True when the pattern matches the whole of a relative path.
  package func matches(_ path: String) -> Bool {
    let characters = Array(path)
    return patterns.contains { Self.match($0[...], characters[...]) }
  }

  /// The pattern with its braces written out.
  private static func alternatives(_ pattern: [Character]) -> [[Character]] {
    guard let open = pattern.firstIndex(of: "{") else { return [pattern] }
    var depth = 0
    var parts: [[Character]] = [[]]
    for index in pattern.indices[open...] {
      let character = pattern[index]
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if depth == 0 {
        let tail = Array(pattern[(index + 1)...])
        return parts.flatMap { part in alternatives(Array(pattern[..<open]) + part + tail) }
      }
      if character == ",", depth == 1 {
        parts.append([])
      } else if index != open {
        parts[parts.count - 1].append(character)
      }
    }
    return [pattern]
  }

  private static func match(
    _ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>
  ) -> Bool {
    guard let head = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch head {
    case "*" where rest.first == "*":
      let after = rest.dropFirst()
      // `**/` also stands for no folder at all.
      if after.first == "/", match(after.dropFirst(), text) { return true }
      return text.indices.contains { match(after, text[$0...]) } || match(after, text.suffix(0))
    case "*":
      var remaining = text
      while true {
        if match(rest, remaining) { return true }
        guard let next = remaining.first, next != "/" else { return false }
        remaining = remaining.dropFirst()
      }
    case "?":
      guard let next = text.first, next != "/" else { return false }
      return match(rest, text.dropFirst())
    case "[":
      guard let close = rest.dropFirst().firstIndex(of: "]"), let next = text.first, next != "/"
      else {
        return text.first == "[" && match(rest, text.dropFirst())
      }
      return contains(rest[..<close], next) && match(pattern[(close + 1)...], text.dropFirst())
    default: return text.first == head && match(rest, text.dropFirst())
    }
  }

  private static func contains(_ set: ArraySlice<Character>, _ character: Character) -> Bool {
    var set = set
    let isNegated = set.first == "!" || set.first == "^"
    if isNegated { set = set.dropFirst() }
    var isFound = false
    while let first = set.popFirst() {
      if set.first == "-", let last = set.dropFirst().first {
        if first <= character && character <= last { isFound = true }
        set = set.dropFirst(2)
      } else if first == character {
        isFound = true
      }
    }
    return isFound != isNegated
  }
}
