/// Finds which of a file's annotations a picture's path means: by its name and, where both have some, its folders.
struct PictureNames: Sendable {
  /// A name that an annotation goes by.
  private struct Entry {
    let place: Int
    let name: String
    /// Folders and the name without its ending, outermost first.
    let parts: [String]
  }

  /// By name without folder and ending.
  private var entries: [String: [Entry]] = [:]

  /// Adds a name of the annotation at a place.
  mutating func add(_ name: String, place: Int) {
    let parts = Self.parts(name)
    guard let stem = parts.last else { return }
    entries[stem, default: []].append(Entry(place: place, name: name, parts: parts))
  }

  /// Places of the annotations whose names agree best with a path; more than one when that doesn't tell them apart.
  ///
  /// A name agrees when all its folders are those at the path's end, or all the path's those at its end.
  func places(of path: String) -> [Int] {
    let parts = Self.parts(path)
    guard let stem = parts.last else { return [] }
    let agreeing = (entries[stem] ?? []).compactMap { entry -> (Entry, Int)? in
      let count = min(entry.parts.count, parts.count)
      return entry.parts.suffix(count).elementsEqual(parts.suffix(count)) ? (entry, count) : nil
    }
    guard let longest = agreeing.map(\.1).max() else { return [] }
    var best = agreeing.filter { $0.1 == longest }.map(\.0)
    // Endings, then bytes: "a.png" beside "a.jpg", and names that differ in how accents are composed.
    for isSame in [Self.hasName, Self.hasBytes] where Set(best.map(\.place)).count > 1 {
      let same = best.filter { isSame($0.name, path) }
      if !same.isEmpty { best = same }
    }
    return Set(best.map(\.place)).sorted()
  }

  /// Names of the same picture name in other folders, a few of them.
  func near(_ path: String) -> [String] {
    (entries[Self.parts(path).last ?? ""] ?? []).prefix(3).map(\.name)
  }

  private static func hasName(_ name: String, _ path: String) -> Bool {
    last(name) == last(path)
  }

  private static func hasBytes(_ name: String, _ path: String) -> Bool {
    last(name).utf8.elementsEqual(last(path).utf8)
  }

  private static func last(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }

  private static func parts(_ path: String) -> [String] {
    var parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
    if !parts.isEmpty { parts[parts.count - 1] = PathParts.stem(of: path) }
    return parts
  }
}
