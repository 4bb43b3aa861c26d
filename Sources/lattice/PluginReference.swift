import Foundation
import JobModel
import StageCatalog
import Versions

/// A plugin that a user named: by its file, or by one of its stages.
struct PluginReference {
  let plugin: PluginDescription
  /// The stages that are meant.
  let stages: [StageCatalog.Entry]

  /// Finds a plugin.
  ///
  /// - Parameters:
  ///   - text: A path, or a stage's id with or without `@RANGE`.
  ///   - catalog: What else there is.
  /// - Throws: An exit code, after a sentence that says what there is.
  init(_ text: String, in catalog: @autoclosure () -> StageCatalog) throws {
    if text.contains("/") || text.hasSuffix(".so") {
      (plugin, stages) = try Self.file(absolute(text))
      return
    }
    let catalog = catalog()
    let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
    var range: VersionRange?
    if parts.count == 2 {
      guard let named = VersionRange(parts[1]) else {
        throw failure(
          "'\(parts[1])' is no range of versions; write 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'")
      }
      range = named
    }
    do throws(StageCatalog.Refusal) {
      let entry = try catalog.resolve(parts.first ?? text, range)
      let known = catalog.plugins.first { $0.file == entry.plugin }
      plugin = known ?? PluginDescription(file: entry.plugin, module: nil, broken: nil)
      stages = [entry]
    } catch {
      if let broken = catalog.brokenStages.first(where: { $0.stage.id == parts.first }) {
        throw failure(Self.text(broken.stage, in: broken.plugin.path))
      }
      throw failure(
        "there is no stage '\(text)'; there are \(catalog.stageIDs.joined(separator: ", "))")
    }
  }

  private static func file(
    _ path: String
  ) throws -> (PluginDescription, [StageCatalog.Entry]) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw failure("there is no file '\(path)'")
    }
    var describer = PluginDescriber(worker: PluginFolders.worker, cachePath: nil)
    let plugin = describer.describe(path)
    if let reason = plugin.broken { throw failure(reason) }
    let stages = StageCatalog([plugin]).entries
    if stages.isEmpty, let broken = plugin.module?.brokenStages.first {
      throw failure(text(broken, in: path))
    }
    return (plugin, stages)
  }

  private static func text(_ stage: BrokenStage, in path: String) -> String {
    "stage '\(stage.id)' in '\(path)' can't be used: \(stage.reason)"
  }
}
