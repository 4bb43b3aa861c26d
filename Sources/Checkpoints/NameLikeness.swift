/// Finds names that were probably meant by one that isn't there.
package enum NameLikeness {
  /// Names that are looked at; a hostile file has a million.
  private static let examined = 20_000
  /// The longest name that is compared, in bytes.
  private static let longest = 256

  /// The names nearest to `name`, at most three, the nearest first.
  ///
  /// A name is near when at most a fifth of the bytes, and at least two, have to be inserted, deleted or replaced.
  ///
  /// - Parameters:
  ///   - name: What was looked for.
  ///   - candidates: What there is.
  /// - Returns: Names among the candidates.
  package static func nearest(to name: String, among candidates: some Sequence<String>) -> [String]
  {
    let wanted = Array(name.utf8)
    guard !wanted.isEmpty, wanted.count <= longest else { return [] }
    let limit = max(2, wanted.count / 5)
    var found: [(distance: Int, name: String)] = []
    for candidate in candidates.prefix(examined) {
      guard candidate.utf8.count <= longest, abs(candidate.utf8.count - wanted.count) <= limit,
        let distance = distance(wanted, Array(candidate.utf8), limit: limit)
      else { continue }
      found.append((distance, candidate))
    }
    found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return found.prefix(3).map(\.name)
  }

  /// Levenshtein's distance; nil beyond `limit`.
  private static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int? {
    var row = Array(0...second.count)
    for (index, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      var least = row[0]
      for (column, other) in second.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
        least = min(least, row[column + 1])
      }
      guard least <= limit else { return nil }
    }
    return row[second.count] <= limit ? row[second.count] : nil
  }
}
