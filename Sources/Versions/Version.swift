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

  /// Reads a version as Semantic Versioning 2.0 writes it, such as `1.2.3` or `1.2.3-beta`; nil when it is none.
  ///
  /// What follows a `+` is checked and left out.
  package init?(_ text: String) {
    let halves = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    if halves.count > 1, !Self.identifiers(halves[1]).allSatisfy(Self.isIdentifier) { return nil }
    let parts = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let numbers = words.compactMap(Self.number)
    guard words.count == 3, numbers.count == 3 else { return nil }
    let prerelease = parts.count > 1 ? parts[1] : nil
    if let prerelease, !Self.identifiers(prerelease).allSatisfy(Self.isPrereleaseIdentifier) {
      return nil
    }
    self.init(numbers[0], numbers[1], numbers[2], prerelease: prerelease.map(String.init))
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

  /// A part of a version or of a range: digits only, without a zero before others, and few enough to count on from.
  static func number(_ text: Substring) -> Int? {
    guard isNumeric(text), text == "0" || text.first != "0", text.utf8.count <= 18 else {
      return nil
    }
    return Int(text)
  }

  private static func identifiers(_ text: some StringProtocol) -> [Substring] {
    Substring(text).split(separator: ".", omittingEmptySubsequences: false)
  }

  private static func isNumeric(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isDigit)
  }

  private static func isIdentifier(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        isDigit(byte) || byte == UInt8(ascii: "-")
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
  }

  private static func isPrereleaseIdentifier(_ text: Substring) -> Bool {
    isIdentifier(text) && (!isNumeric(text) || text == "0" || text.first != "0")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Numbers by value and before words, words by their ASCII codes; semver 2.0, item 11.4.
  private static func precedes(_ left: Substring, _ right: Substring) -> Bool {
    switch (isNumeric(left), isNumeric(right)) {
    case (true, false): true
    case (false, true): false
    case (true, true) where left.utf8.count != right.utf8.count: left.utf8.count < right.utf8.count
    case (true, true), (false, false): left.utf8.lexicographicallyPrecedes(right.utf8)
    }
  }
}
