/// A semantic version.
package struct Version: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var major: Int
  package var minor: Int
  package var patch: Int
  /// What follows a `-`; a version with it comes before the same without.
  package var prerelease: String?

  package init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: String? = nil) {
    self.major = major
    self.minor = minor
    self.patch = patch
    self.prerelease = prerelease
  }

  /// Reads `1.2.3` or `1.2.3-beta`; what follows a `+` is left out.
  package init?(_ text: String) {
    let core = text.prefix { $0 != "+" }
    let parts = core.split(separator: "-", maxSplits: 1)
    let numbers = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
    guard numbers.count == 3, let major = Int(numbers[0]), let minor = Int(numbers[1]),
      let patch = Int(numbers[2]), major >= 0, minor >= 0, patch >= 0
    else { return nil }
    self.init(major, minor, patch, prerelease: parts.count > 1 ? String(parts[1]) : nil)
  }

  package var description: String {
    "\(major).\(minor).\(patch)" + (prerelease.map { "-\($0)" } ?? "")
  }

  package static func < (left: Version, right: Version) -> Bool {
    if (left.major, left.minor, left.patch) != (right.major, right.minor, right.patch) {
      return (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
    switch (left.prerelease, right.prerelease) {
    case (nil, _): return false
    case (_, nil): return true
    case (let a?, let b?): return a < b
    }
  }
}

/// Which versions will do.
///
/// `1` is 1.x, `1.2` is 1.2 or later within 1.x, and so is `^1.2`; `1.2.3` is 1.2.3 or later within 1.x; `~1.2.3` stays
/// within 1.2; `>=1.2 <2` are bounds. A prerelease is taken only by a range that names it exactly with `=`.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  package let description: String
  private let lower: Version
  private let upper: Version
  private let includesUpper: Bool
  private let includesLower: Bool

  /// Reads a range; nil when it is none.
  package init?(_ text: String) {
    var lower = (version: Version(0, 0, 0), isIncluded: true)
    var upper = (version: Version(Int.max, 0, 0), isIncluded: false)
    let terms = text.split(separator: " ")
    guard !terms.isEmpty else { return nil }
    for term in terms {
      let sign = [">=", "<=", ">", "<", "=", "^", "~"].first { term.hasPrefix($0) } ?? ""
      let parts = term.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { Int($0) }
      guard numbers.count == parts.count, (1...3).contains(numbers.count) else { return nil }
      let full = numbers + [Int](repeating: 0, count: 3 - numbers.count)
      let version = Version(full[0], full[1], full[2])
      switch sign {
      case ">=": lower = (version, true)
      case ">": lower = (version, false)
      case "<=": upper = (version, true)
      case "<": upper = (version, false)
      case "=":
        lower = (version, true)
        upper = (version, true)
      case "~":
        lower = (version, true)
        upper = (
          numbers.count == 1 ? Version(full[0] + 1, 0, 0) : Version(full[0], full[1] + 1, 0), false
        )
      default:
        lower = (version, true)
        upper = (Version(full[0] + 1, 0, 0), false)
      }
    }
    description = text
    self.lower = lower.version
    self.upper = upper.version
    includesLower = lower.isIncluded
    includesUpper = upper.isIncluded
  }

  package func contains(_ version: Version) -> Bool {
    guard version.prerelease == nil else { return false }
    return (includesLower ? version >= lower : version > lower)
      && (includesUpper ? version <= upper : version < upper)
  }
}
