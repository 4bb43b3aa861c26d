/// Whether a text can be a range of versions; the planner reads it for real.
enum VersionRangeSyntax {
  static func isWrong(_ text: String) -> Bool {
    let terms = text.split(separator: " ")
    return terms.isEmpty || terms.contains { !isTerm($0) }
  }

  private static func isTerm(_ term: Substring) -> Bool {
    let operators = [">=", "<=", ">", "<", "=", "^", "~"]
    let number = operators.first { term.hasPrefix($0) }.map { term.dropFirst($0.count) } ?? term
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    return (1...3).contains(parts.count)
      && parts.allSatisfy {
        !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } && Int($0) != nil
      }
  }
}
