import Glibc

/// Finds the stack in what a crashed Swift process printed.
package enum BacktraceText {
  /// Where the runtime's report begins, or nil when there is none.
  private static let heads = ["*** Signal", "*** Program crashed", "Fatal error:", "💣"]

  /// Function names, innermost first: lines such as `3 0x00007f… in decode(_:) at …` or
  /// `3 [ra] 0x00007f… decode(_:) + 12 in libX.so`.
  ///
  /// - Parameter text: Standard error of the process, or its end.
  /// - Returns: None when there is no stack.
  package static func functions(in text: String) -> [String] {
    var names: [String] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard let first = words.first, let number = Int(first), number == names.count else {
        continue
      }
      guard let address = words.firstIndex(where: { $0.hasPrefix("0x") }) else { continue }
      let rest = words[(address + 1)...]
      // A name may hold " in " itself, as in "closure #1 in run()"; the last mark ends it.
      let end = rest.lastIndex(of: "+") ?? rest.lastIndex(of: "in") ?? rest.endIndex
      let name = rest[..<end].joined(separator: " ")
      names.append(name.isEmpty ? String(words[address]) : name)
    }
    return names
  }

  /// The part of the text from the report's beginning on; empty when there is no report.
  package static func report(in text: String) -> String {
    let starts = heads.compactMap { text.firstRange(of: $0)?.lowerBound }
    return starts.min().map { String(text[$0...]) } ?? ""
  }
}
