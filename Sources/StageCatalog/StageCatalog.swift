package import JobModel
package import Versions

/// The stages there are, by id and version, and the plugins that could not be loaded.
package struct StageCatalog: Sendable {
  /// A stage and the plugin that holds it.
  package struct Entry: Hashable, Sendable {
    package var plugin: PluginFile
    package var moduleID: String
    package var stage: StageDescription
    package var version: Version

    package init(
      plugin: PluginFile, moduleID: String, stage: StageDescription, version: Version
    ) {
      self.plugin = plugin
      self.moduleID = moduleID
      self.stage = stage
      self.version = version
    }
  }

  /// Why a stage can't be had.
  package enum Refusal: Error, Hashable {
    case unknown
    /// There are these, and none is in the range.
    case noVersion(available: [Version])
  }

  /// Newest first within an id.
  package private(set) var entries: [Entry] = []
  package private(set) var plugins: [PluginDescription] = []
  /// Stages that can't be used, with the plugin that holds them.
  package private(set) var brokenStages: [(plugin: PluginFile, stage: BrokenStage)] = []
  /// What a user should know of the plugins there are.
  package private(set) var warnings: [CatalogWarning] = []
  /// Folders that were searched.
  package private(set) var searched: [String] = []
  /// Why a plugin could not be looked at, when that may be otherwise later.
  package private(set) var passingFault: String?

  /// Takes descriptions in the order of the search path.
  ///
  /// - Parameters:
  ///   - descriptions: Of plugins that could be loaded, and of others.
  ///   - searched: Folders that were searched.
  ///   - bundled: Folders of the plugins that come with Lattice, links resolved.
  package init(
    _ descriptions: [PluginDescription], searched: [String] = [], bundled: Set<String> = []
  ) {
    self.searched = searched
    plugins = descriptions
    var twins = CatalogTwins(bundled: bundled)
    for description in descriptions {
      guard let module = description.module else { continue }
      brokenStages += module.brokenStages.map { (description.file, $0) }
      for stage in module.stages {
        guard let version = Version(stage.version) else {
          let reason = "its version '\(stage.version)' is no semantic version such as 1.2.3"
          brokenStages.append(
            (description.file, BrokenStage(id: stage.id, version: stage.version, reason: reason)))
          continue
        }
        add(
          Entry(plugin: description.file, moduleID: module.id, stage: stage, version: version),
          &twins)
      }
    }
    warnings = twins.warnings + twins.newerStages(entries)
    entries.sort {
      $0.stage.id == $1.stage.id ? $0.version > $1.version : $0.stage.id < $1.stage.id
    }
  }

  /// Finds plugins on the search path and describes them.
  ///
  /// - Parameters:
  ///   - folders: In the order in which they are searched.
  ///   - worker: Absolute path of `lattice-worker`.
  ///   - cachePath: File that remembers what plugins said; nil for none.
  ///   - asksHungAgain: Asks plugins again that hung a while ago.
  /// - Returns: The catalog.
  package static func load(
    folders: [String], worker: String, cachePath: String?, asksHungAgain: Bool = false
  ) -> StageCatalog {
    var describer = PluginDescriber(
      worker: worker, cachePath: cachePath, asksHungAgain: asksHungAgain)
    let descriptions = PluginFolders.candidates(in: folders).map { describer.describe($0) }
    describer.saveCache()
    let own = PluginFolders.executableFolder
    var catalog = StageCatalog(descriptions, searched: folders, bundled: [own, "\(own)/plugins"])
    catalog.passingFault = describer.passingFault
    catalog.warnings += folders.compactMap { PluginSafety.warning(folder: $0) }
    catalog.warnings += descriptions.compactMap { PluginSafety.warning($0) }
    return catalog
  }

  private mutating func add(_ entry: Entry, _ twins: inout CatalogTwins) {
    let twin = entries.first { $0.stage.id == entry.stage.id && $0.version == entry.version }
    guard let twin else { return entries.append(entry) }
    twins.note(entry, behind: twin)
  }

  /// The newest version of a stage within a range; without one the newest that is no prerelease, if there is such.
  package func resolve(_ id: String, _ range: VersionRange?) throws(Refusal) -> Entry {
    let versions = entries.filter { $0.stage.id == id }
    guard !versions.isEmpty else { throw .unknown }
    let entry =
      if let range { versions.first { range.contains($0.version) } } else {
        versions.first { $0.version.prerelease == nil } ?? versions.first
      }
    guard let entry else { throw .noVersion(available: versions.map(\.version)) }
    return entry
  }

  /// Versions of a stage, newest first.
  package func versions(of id: String) -> [Version] {
    entries.filter { $0.stage.id == id }.map(\.version)
  }

  /// Ids of all stages, sorted.
  package var stageIDs: [String] {
    entries.map(\.stage.id).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  package var brokenPlugins: [(path: String, reason: String)] {
    plugins.compactMap { plugin in plugin.broken.map { (plugin.file.path, $0) } }
  }
}
