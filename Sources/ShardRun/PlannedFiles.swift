import DurableFiles
import Glibc
import JobModel
import StageHost

/// Finds the plugins and models that a job was planned with: those that were kept, else the originals as long as they
/// are the same.
struct PlannedFiles {
  /// Called while a large file is read.
  let beat: () -> Void

  /// Loads the plugin of a stage.
  func library(of planned: PlannedStage) throws -> StageLibrary {
    if let kept = planned.kept, let path = try intact(kept) {
      do throws(StageLibraryError) { return try StageLibrary.load(path) } catch {
        // A library that it needs may be found from its own folder alone, and the spool's disk may allow no programs.
        guard other(than: planned.plugin) == nil else { throw failure(error, planned) }
      }
    } else if let other = other(than: planned.plugin) {
      throw changed("plugin '\(planned.plugin.path)'", other, planned)
    }
    do throws(StageLibraryError) { return try StageLibrary.load(planned.plugin.path) } catch {
      throw failure(error, planned)
    }
  }

  /// The models of a stage, each with the path that the stage is to read.
  func models(of planned: PlannedStage) throws -> [String: PlannedModel] {
    try planned.models.mapValues { model in
      var model = model
      if let kept = model.kept, let path = try intact(kept) {
        model.path = path
      } else if let other = try other(than: model) {
        throw changed("model '\(model.path)'", other, planned)
      }
      return model
    }
  }

  private func intact(_ kept: KeptFiles) throws(FileError) -> String? {
    let entry = KeptEntry(kept.entry)
    guard try entry.firstWrong(beat: beat) == nil else { return nil }
    return kept.name.map { "\(entry.content)/\($0)" } ?? entry.content
  }

  /// A file that is not the planned one.
  private struct Other {
    var path: String
    var expected: String
    /// Nil when it can't be read.
    var found: String?
  }

  private func other(than plugin: PluginFile) -> Other? {
    let status = Files.status(plugin.path, followingLinks: true)
    if plugin.looksLike(size: status?.size, mtimeNanoseconds: status?.mtimeNanoseconds) {
      return nil
    }
    return other(plugin.path, plugin.sha256)
  }

  private func other(than model: PlannedModel) throws -> Other? {
    guard Files.status(model.path, followingLinks: true)?.kind == .directory else {
      return other(model.path, model.sha256)
    }
    let manifest = "\(model.path)/\(ModelManifest.name)"
    if let other = other(manifest, model.sha256) { return other }
    let text = String(decoding: try Files.read(manifest, limit: 64 << 20), as: UTF8.self)
    return ModelManifest.parse(text).lazy.compactMap {
      other("\(model.path)/\($0.name)", $0.sha256)
    }.first
  }

  private func other(_ path: String, _ expected: String) -> Other? {
    let found = try? SHA256.hexDigest(ofFile: path, beat: beat)
    return found == expected ? nil : Other(path: path, expected: expected, found: found)
  }

  private func changed(_ what: String, _ other: Other, _ planned: PlannedStage) -> AttemptFailure {
    let state =
      other.found.map { "'\(other.path)' has sha256 \($0) and had \(other.expected)" }
      ?? (Files.exists(other.path)
        ? "'\(other.path)' can't be read" : "'\(other.path)' is gone")
    return AttemptFailure(
      kind: .config, stage: planned.name,
      message:
        "the \(what) is not what the job was planned with, and no copy of that was kept: \(state); put it back and say 'lattice retry', or hand the job in again to use what is there now"
    )
  }

  private func failure(_ error: StageLibraryError, _ planned: PlannedStage) -> AttemptFailure {
    AttemptFailure(kind: .config, stage: planned.name, message: error.description)
  }
}
