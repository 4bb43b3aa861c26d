/// What may be called what.
enum Identifier {
  static func isJobName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.count <= 64 else { return false }
    return isLetterOrDigit(first)
      && text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || "-_.".unicodeScalars.contains($0) }
  }

  static func isStageID(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.count <= 64 else { return false }
    return isLetterOrDigit(first) && !("0"..."9").contains(first)
      && text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || "-_".unicodeScalars.contains($0) }
  }

  /// `text` with dashes for what can't stand in a name; nil when that makes none.
  static func near(_ text: String, _ isName: (String) -> Bool) -> String? {
    let words = text.unicodeScalars.split {
      !(isLetterOrDigit($0) || "-_.".unicodeScalars.contains($0))
    }
    let near = words.map { String($0) }.joined(separator: "-")
    return isName(near) ? near : nil
  }

  /// The rule of stage ids and names of inputs, as messages tell it, with what to write instead.
  static func advice(for id: String) -> String {
    "letters, digits, '-' and '_', at most 64, a letter first"
      + (near(id, isStageID).map { "; write '\($0)'" } ?? "")
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }
}
