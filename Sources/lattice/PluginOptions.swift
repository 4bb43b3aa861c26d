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
      worker: PluginFolders.worker, cachePath: UserCache.plugins)
  }
}
