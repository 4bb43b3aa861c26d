import Checkpoints

/// Classes as somebody writes them: names, numbers, "all", "none", each perhaps with a count.
package enum ClassRequest {
  /// The classes asked for, one after another.
  ///
  /// - Parameters:
  ///   - entries: "stop", "14", "all" for each class in order, "none" for no class; "stop*3" for three of it.
  ///   - configuration: Tells the classes.
  /// - Returns: At least one; -1 for none.
  /// - Throws: ``MaskGITError`` about the first entry that is no class, with the nearest names.
  package static func labels(
    _ entries: [String], _ configuration: MaskGITConfiguration
  ) throws(MaskGITError) -> [Int] {
    var labels: [Int] = []
    for entry in entries {
      let (name, count) = split(entry)
      let chosen =
        name == "all" ? Array(0..<configuration.classCount) : [try label(name, configuration)]
      for label in chosen { labels += [Int](repeating: label, count: count) }
    }
    return labels.isEmpty ? [-1] : labels
  }

  /// One class by name or number; -1 for "none".
  package static func label(
    _ name: String, _ configuration: MaskGITConfiguration
  ) throws(MaskGITError) -> Int {
    if let known = configuration.classNames.firstIndex(of: name) { return known }
    if name == "none" { return -1 }
    if let number = Int(name) {
      guard (0..<configuration.classCount).contains(number) else {
        throw .label(number, classes: configuration.classCount)
      }
      return number
    }
    let nearest = NameLikeness.nearest(to: name, among: configuration.classNames)
    throw .className(
      name, nearest: nearest.isEmpty ? Array(configuration.classNames.prefix(3)) : nearest)
  }

  private static func split(_ entry: String) -> (name: String, count: Int) {
    guard let star = entry.lastIndex(of: "*"),
      let count = Int(entry[entry.index(after: star)...].trimmed), count > 0
    else { return (entry, 1) }
    return (String(entry[..<star]).trimmed, min(count, 1 << 20))
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    var part = self[...]
    while part.first == " " { part = part.dropFirst() }
    while part.last == " " { part = part.dropLast() }
    return String(part)
  }
}
