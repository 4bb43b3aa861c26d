import Foundation
import JobModel
import StageCatalog

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
    let range = parts.count == 2 ? VersionRange(parts[1]) : nil
    do throws(StageCatalog.Refusal) {
      let entry = try catalog.resolve(parts.first ?? text, range)
      let known = catalog.plugins.first { $0.file == entry.plugin }
      plugin = known ?? PluginDescription(file: entry.plugin, module: nil, broken: nil)
      stages = [entry]
    } catch {
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
    return (plugin, StageCatalog([plugin]).entries)
  }
}
