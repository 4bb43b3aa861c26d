/// How the segments of a picture are numbered, so that the number says something of the place.
package enum InstanceOrder: String, Hashable, Sendable, Codable, CaseIterable {
  /// By their centres from the top, those at one height from the left: the authors' `make_canonical`.
  case top
  /// First what isn't counted, by category, then things by their centres from the left: of bodies that stand side by
  /// side on one ground, a picture shows this order more clearly than that of the heights.
  case left

  /// What segments are sorted by, the least first.
  struct Rank: Comparable {
    let parts: (Double, Double, UInt64)

    static func < (one: Rank, other: Rank) -> Bool { one.parts < other.parts }
    static func == (one: Rank, other: Rank) -> Bool { one.parts == other.parts }
  }

  /// Where a segment comes.
  ///
  /// - Parameters:
  ///   - key: Different for each segment; ordered by category first.
  ///   - centre: Of its pixels.
  ///   - isThing: Whether its category is counted.
  /// - Returns: Less for what comes earlier.
  func rank(_ key: UInt64, centre: (y: Double, x: Double), isThing: Bool) -> Rank {
    switch self {
    case .top: Rank(parts: (centre.y, centre.x, key))
    case .left: isThing ? Rank(parts: (centre.x, centre.y, key)) : Rank(parts: (-1, 0, key))
    }
  }
}
