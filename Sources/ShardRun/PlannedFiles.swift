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
        guard try isIntact(planned.plugin) else { throw failure(error, planned) }
      }
    } else if try !isIntact(planned.plugin) {
      throw changed("plugin", planned.plugin.path, planned)
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
      } else if try !isIntact(model) {
        throw changed("model", model.path, planned)
      }
      return model
    }
  }

  private func intact(_ kept: KeptFiles) throws(FileError) -> String? {
    let entry = KeptEntry(kept.entry)
    guard try entry.firstWrong(beat: beat) == nil else { return nil }
    return kept.name.map { "\(entry.content)/\($0)" } ?? entry.content
  }

  private func isIntact(_ plugin: PluginFile) throws -> Bool {
    let status = Files.status(plugin.path, followingLinks: true)
    if status?.size == plugin.size, status?.mtimeNanoseconds == plugin.mtimeNanoseconds {
      return true
    }
    return digest(plugin.path) == plugin.sha256
  }

  private func isIntact(_ model: PlannedModel) throws -> Bool {
    guard Files.status(model.path, followingLinks: true)?.kind == .directory else {
      return digest(model.path) == model.sha256
    }
    let manifest = "\(model.path)/\(ModelManifest.name)"
    guard digest(manifest) == model.sha256 else { return false }
    let text = String(decoding: try Files.read(manifest, limit: 64 << 20), as: UTF8.self)
    return ModelManifest.parse(text).allSatisfy { digest("\(model.path)/\($0.name)") == $0.sha256 }
  }

  private func digest(_ path: String) -> String? { try? SHA256.hexDigest(ofFile: path, beat: beat) }

  private func changed(_ what: String, _ path: String, _ planned: PlannedStage) -> AttemptFailure {
    let state = Files.exists(path) ? "has changed" : "is gone"
    return AttemptFailure(
      kind: .config, stage: planned.name,
      message:
        "the \(what) '\(path)' \(state) since the job was planned, and no copy of it was kept; hand the job in again"
    )
  }

  private func failure(_ error: StageLibraryError, _ planned: PlannedStage) -> AttemptFailure {
    AttemptFailure(kind: .config, stage: planned.name, message: error.description)
  }
}
