import DurableFiles
import JobModel

/// Whether anybody on the machine can change what Lattice loads.
enum PluginSafety {
  /// What to say of a plugin; nil when only its owner and group can change it.
  static func warning(_ plugin: PluginDescription) -> CatalogWarning? {
    let path = plugin.file.path
    let folder = AtomicFile.parent(of: path)
    let stages = Set((plugin.module?.stages ?? []).map(\.id))
    if Files.isWritableByAll(path) {
      return CatalogWarning(
        .writable,
        "plugin '\(path)' can be changed by every user of this machine: chmod o-w '\(path)'",
        stages: stages)
    }
    if Files.isWritableByAll(folder) {
      return CatalogWarning(
        .writable,
        "plugin '\(path)' can be replaced by every user of this machine, as its folder is writable for all: chmod o-w '\(folder)'",
        stages: stages)
    }
    return nil
  }

  /// What to say of a folder that plugins are looked for in: links there may lead anywhere.
  static func warning(folder: String) -> CatalogWarning? {
    guard Files.isWritableByAll(folder) else { return nil }
    return CatalogWarning(
      .writable,
      "every user of this machine can put plugins into '\(folder)', which is searched for them: chmod o-w '\(folder)'",
      stages: [])
  }
}
