import ArgumentParser
import JobModel
import StageCatalog

/// Options of every command that looks for stages.
struct PluginOptions: ParsableArguments {
  @Option(
    help: "Folder of plugins, searched before the usual ones; may be given several times.",
    completion: .directory)
  var plugins: [String] = []

  /// Absolute paths of the named folders.
  var folders: [String] { plugins.map(absolute) }

  /// The stages there are for a spool.
  func catalog(_ spool: SpoolFolder) -> StageCatalog {
    StageCatalog.load(
      folders: PluginFolders.searchPath(named: folders, spool: spool),
      worker: PluginFolders.worker, cachePath: PluginCache.path)
  }
}

/// What plugins said of themselves, remembered between commands.
enum PluginCache {
  /// A file of this user, or nil when there is no place for one.
  static var path: String? {
    let environment = Environment.variables
    let folder =
      environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { "\($0)/.cache" }
    return folder.map { "\($0)/lattice/plugins.json" }
  }
}
