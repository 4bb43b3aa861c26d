import DurableFiles
import Glibc
package import JobModel
import PipelineSpec
import StageCatalog
import YAML

/// Where a plan that is going to run keeps what it names.
package struct Holdings: Codable, Hashable, Sendable {
  /// Absolute folder of the ``DigestStore``.
  package var store: String
  /// The job's folder as it is called now.
  package var folder: JobFolder
  /// Whether the plan waits for room on the disk to keep plugins; else it is made without.
  package var waitsForRoom: Bool

  package init(store: String, folder: JobFolder, waitsForRoom: Bool = false) {
    self.waitsForRoom = waitsForRoom
    self.store = store
    self.folder = folder
  }
}

/// Holds on to what a plan was made with: its plugins and models by digest, its folder of results by what it is.
struct PlanKeeper {
  let holdings: Holdings
  let spec: PipelineSpec
  let allowedOutputs: [String]?

  /// Keeps plugins and models and opens the folder of results, which is made if need be.
  ///
  /// What can't be kept stays where it is, and the worker looks whether it is still the same.
  ///
  /// - Returns: What keeps the plan from running.
  /// - Throws: ``FileError`` and ``PassingFault`` for what may pass.
  func hold(_ plan: inout JobPlan) throws -> [Diagnostic] {
    var faults: [Diagnostic] = []
    for index in plan.stages.indices {
      var stage = plan.stages[index]
      stage.kept = try keep(stage.plugin)
      for (slot, model) in stage.models.sorted(by: { $0.key < $1.key }) {
        do throws(Diagnostic) {
          stage.models[slot]?.kept = try keep(model, of: stage.name)
        } catch {
          faults.append(error)
        }
      }
      plan.stages[index] = stage
    }
    let isOwn = plan.output.directory.hasSuffix(
      "/\(AtomicFile.lastComponent(of: holdings.folder.path).trimmingPrefix(".new-"))/outputs")
    guard faults.isEmpty, !isOwn else { return faults }
    do throws(FileError) {
      plan.output = try OutputAnchoring.anchored(plan.output, allowed: allowedOutputs)
    } catch {
      guard OutputAnchoring.isLasting(error) else { throw error }
      let place = spec.output?.directory?.mark
      faults.append(
        Diagnostic(
          "E149", "results can't go to '\(plan.output.directory)': \(error)", at: place,
          path: "output.dir"))
    }
    return faults
  }

  /// A job whose plugin is replaced while it waits would fail, so a plugin that can't be kept for now is waited for.
  private func keep(_ plugin: PluginFile) throws -> KeptFiles? {
    let name = AtomicFile.lastComponent(of: plugin.path)
    let part = DigestStore.Part(name: name, sha256: plugin.sha256)
    do throws(DigestStore.Fault) {
      let entry = try DigestStore(path: holdings.store).keep(
        plugin.sha256, [part], of: AtomicFile.parent(of: plugin.path), withNeighbours: true,
        for: "\(holdings.folder.kept)/\(plugin.sha256)")
      return KeptFiles(entry: entry, name: name)
    } catch {
      if Self.isReplaced(plugin) {
        throw PassingFault("the plugin '\(plugin.path)' is being replaced")
      }
      switch error {
      case .file(let fault) where fault.isPassing && holdings.waitsForRoom: throw fault
      case .file, .name, .other: return nil
      }
    }
  }

  /// Whether it looks otherwise than when it was asked what it has.
  private static func isReplaced(_ plugin: PluginFile) -> Bool {
    let status = Files.status(plugin.path, followingLinks: true)
    return !plugin.looksLike(size: status?.size, mtimeNanoseconds: status?.mtimeNanoseconds)
  }

  private func keep(
    _ model: PlannedModel, of stage: String
  ) throws(Diagnostic) -> KeptFiles? {
    let isFolder = Files.status(model.path, followingLinks: true)?.kind == .directory
    let folder = isFolder ? model.path : AtomicFile.parent(of: model.path)
    let name = isFolder ? nil : AtomicFile.lastComponent(of: model.path)
    var parts = [DigestStore.Part(name: name ?? ModelManifest.name, sha256: model.sha256)]
    if isFolder {
      guard let text = try? Files.read("\(folder)/\(ModelManifest.name)", limit: 64 << 20) else {
        return nil
      }
      parts += ModelManifest.parse(String(decoding: text, as: UTF8.self)).map {
        DigestStore.Part(name: $0.name, sha256: $0.sha256)
      }
    }
    do throws(DigestStore.Fault) {
      let entry = try DigestStore(path: holdings.store).keep(
        model.sha256, parts, of: folder, for: "\(holdings.folder.kept)/\(model.sha256)")
      return KeptFiles(entry: entry, name: name)
    } catch {
      guard let reason = Self.reason(error, model, isFolder: isFolder) else { return nil }
      let written = spec.stages.first { $0.id.value == stage }
      throw Diagnostic(
        "E151", "the model '\(model.reference)' can't be used: \(reason)", at: written?.id.mark,
        path: "\(stage).model")
    }
  }

  /// What is wrong with the model itself; nil when only keeping it failed.
  private static func reason(
    _ fault: DigestStore.Fault, _ model: PlannedModel, isFolder: Bool
  ) -> String? {
    switch fault {
    case .other(let name, let found) where isFolder && name != ModelManifest.name:
      "'\(name)' has sha256 \(found), which is not what its \(ModelManifest.name) says; copy or import the model again, whole"
    case .name(let name):
      "its \(ModelManifest.name) names '\(name)', which is not below its folder; copy or import the model again, whole"
    case .file(let error) where error.isMissing && error.path.hasPrefix("\(model.path)/"):
      "'\(error.path.dropFirst(model.path.count + 1))', which its \(ModelManifest.name) names, is not there; copy or import the model again, whole"
    case .other, .file: nil
    }
  }
}
