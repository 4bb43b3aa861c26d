import JobModel

/// Finds stages that several plugins have, and tells which is taken.
struct CatalogTwins {
  /// A plugin whose stages are taken, and one whose stages are not.
  private struct Pair: Hashable {
    let taken: PluginFile
    let hidden: PluginFile
  }

  private let bundled: Set<String>
  private var pairs: [Pair] = []
  private var names: [Pair: [String]] = [:]
  private var ids: [Pair: Set<String>] = [:]

  /// - Parameter bundled: Folders of the plugins that come with Lattice.
  init(bundled: Set<String>) { self.bundled = bundled }

  /// Notes a stage that is there already, in the same version.
  mutating func note(_ hidden: StageCatalog.Entry, behind taken: StageCatalog.Entry) {
    let pair = Pair(taken: taken.plugin, hidden: hidden.plugin)
    if names[pair] == nil { pairs.append(pair) }
    names[pair, default: []].append("\(hidden.stage.id) \(hidden.version)")
    ids[pair, default: []].insert(hidden.stage.id)
  }

  /// Stages of one version in two plugins.
  var warnings: [CatalogWarning] {
    pairs.map { pair in
      let names = names[pair] ?? []
      let isCopy = pair.taken.sha256 == pair.hidden.sha256
      let subject =
        names.count == 1
        ? "stage \(names[0]) is there twice: the one"
        : "stages \(names.joined(separator: ", ")) are there twice: those"
      let text =
        "\(subject) in \(place(pair.taken)) \(names.count == 1 ? "is" : "are") taken, not \(names.count == 1 ? "the one" : "those") in \(place(pair.hidden))"
      return CatalogWarning(
        isCopy ? .copy : .twice, isCopy ? "\(text); one plugin is a copy of the other" : text,
        stages: ids[pair] ?? [])
    }
  }

  /// Stages that come with Lattice and give way to newer ones of other plugins.
  func newerStages(_ entries: [StageCatalog.Entry]) -> [CatalogWarning] {
    let own = entries.filter { isBundled($0.plugin) }
    return entries.compactMap { entry in
      guard !isBundled(entry.plugin),
        let older = own.first(where: {
          $0.stage.id == entry.stage.id && $0.version < entry.version
        })
      else { return nil }
      return CatalogWarning(
        .newer,
        "stage \(entry.stage.id) \(entry.version) in '\(entry.plugin.path)' is taken before \(older.version) in \(place(older.plugin)), where a spec allows both",
        stages: [entry.stage.id])
    }
  }

  private func isBundled(_ plugin: PluginFile) -> Bool {
    guard let end = plugin.path.lastIndex(of: "/") else { return false }
    return bundled.contains(String(plugin.path[..<end]))
  }

  private func place(_ plugin: PluginFile) -> String {
    "'\(plugin.path)'\(isBundled(plugin) ? " of Lattice's own" : "")"
  }
}
