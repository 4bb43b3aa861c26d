/// Whether a text can be a range of versions; the planner reads it for real.
enum VersionRangeSyntax {
  static func isWrong(_ text: String) -> Bool {
    let terms = text.split(separator: " ")
    return terms.isEmpty || terms.contains { !isTerm($0) }
  }

  private static func isTerm(_ term: Substring) -> Bool {
    let operators = [">=", "<=", ">", "<", "=", "^", "~"]
    let number = operators.first { term.hasPrefix($0) }.map { term.dropFirst($0.count) } ?? term
    // A whole version may name a prerelease: 1.2.3-rc.1.
    let dash = number.firstIndex(of: "-")
    let core = dash.map { number[..<$0] } ?? number
    let parts = core.split(separator: ".", omittingEmptySubsequences: false)
    if let dash, parts.count != 3 || !isPrerelease(number[number.index(after: dash)...]) {
      return false
    }
    return (1...3).contains(parts.count)
      && parts.allSatisfy {
        !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } && Int($0) != nil
      }
  }

  /// Dots between words of letters, digits and dashes (Semantic Versioning 2.0, item 9).
  private static func isPrerelease(_ text: Substring) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
  }
}
