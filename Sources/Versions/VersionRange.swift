/// Which versions will do.
///
/// `1` is 1.x, `1.2` is 1.2 or later within 1.x, and so is `^1.2`; `1.2.3` is 1.2.3 or later within 1.x; `~1.2.3` stays
/// within 1.2; `>=1.2 <2` are bounds, and a version has to meet them all. A bound of fewer than three parts means all
/// versions that begin so: `<=1.2` takes 1.2.9, `>1` starts at 2.0.0. A prerelease is taken only by a range that names
/// it exactly, as `=1.2.3-rc.1` or `1.2.3-rc.1`.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  package let description: String
  /// From `lower` up to, not including, `upper`, and both without a prerelease.
  private var lower = Version(0, 0, 0)
  private var upper = Version(Int.max, 0, 0)
  /// The one prerelease that will do.
  private var exact: Version?

  /// Reads a range; nil when it is none.
  package init?(_ text: String) {
    description = text
    let terms = text.split(separator: " ")
    guard !terms.isEmpty else { return nil }
    if terms.count == 1, terms[0].contains("-") {
      let text = terms[0].drop { $0 == "=" }
      guard terms[0].count - text.count <= 1, let version = Version(String(text)) else {
        return nil
      }
      exact = version
      return
    }
    for term in terms {
      guard let (from, to) = Self.bounds(term) else { return nil }
      lower = max(lower, from)
      upper = min(upper, to)
    }
  }

  package func contains(_ version: Version) -> Bool {
    if let exact { return version == exact }
    return version.prerelease == nil && version >= lower && version < upper
  }

  /// The first version of a term, and the first that is past it.
  private static func bounds(_ term: Substring) -> (Version, Version)? {
    let sign = [">=", "<=", ">", "<", "=", "^", "~"].first { term.hasPrefix($0) } ?? ""
    let parts = term.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap(Version.number)
    guard numbers.count == parts.count, (1...3).contains(numbers.count) else { return nil }
    let full = numbers + [Int](repeating: 0, count: 3 - numbers.count)
    let first = Version(full[0], full[1], full[2])
    let nextMajor = Version(full[0] + 1, 0, 0)
    let nextMinor = Version(full[0], full[1] + 1, 0)
    let past =
      [nextMajor, nextMinor, Version(full[0], full[1], full[2] + 1)][numbers.count - 1]
    let none = Version(0, 0, 0)
    let end = Version(Int.max, 0, 0)
    switch sign {
    case ">=": return (first, end)
    case ">": return (past, end)
    case "<=": return (none, past)
    case "<": return (none, first)
    case "=": return (first, past)
    case "~": return (first, numbers.count == 1 ? nextMajor : nextMinor)
    default: return (first, nextMajor)
    }
  }
}
