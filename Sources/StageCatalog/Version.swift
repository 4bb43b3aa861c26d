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
    let parts = text.prefix { $0 != "+" }.split(
      separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let numbers = words.compactMap(Self.number)
    guard words.count == 3, numbers.count == 3 else { return nil }
    let prerelease = parts.count > 1 ? String(parts[1]) : nil
    if let prerelease, !Self.identifiers(prerelease).allSatisfy(Self.isIdentifier) { return nil }
    self.init(numbers[0], numbers[1], numbers[2], prerelease: prerelease)
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
    case (let a?, let b?):
      return identifiers(a).lexicographicallyPrecedes(identifiers(b), by: precedes)
    }
  }

  /// A part of a version or of a range: digits only, and few enough to count on from.
  static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
  }

  private static func identifiers(_ prerelease: String) -> [Substring] {
    prerelease.split(separator: ".", omittingEmptySubsequences: false)
  }

  private static func isIdentifier(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        isDigit(byte) || byte == UInt8(ascii: "-")
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Numbers by value and before words, words by their ASCII codes; semver 2.0, item 11.4.
  private static func precedes(_ left: Substring, _ right: Substring) -> Bool {
    switch (number(left), number(right)) {
    case (let a?, let b?): a < b
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.utf8.lexicographicallyPrecedes(right.utf8)
    }
  }
}
