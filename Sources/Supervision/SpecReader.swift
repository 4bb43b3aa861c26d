import DurableFiles
import FoundationEssentials
package import JobModel
package import PipelineSpec
package import Planning
import StageCatalog

/// Makes dropped bytes a job's files, or says all that is wrong with them; the daemon's clerks and foreground runs
/// share it.
package struct SpecReader: Codable, Hashable, Sendable {
  /// What became of a spec.
  package enum Outcome: Sendable {
    /// Its plan and manifest are in the folder, on disk.
    case planned(JobPlan, isHeld: Bool, warnings: [Diagnostic])
    /// Nothing will run.
    case faulty([Diagnostic])
  }

  /// Absolute path of `lattice-worker`.
  package var worker: String
  /// Searched for plugins in this order.
  package var folders: [String]
  /// Folder that remembers what plugins said.
  package var cacheFolder: String

  /// Whether a spec waits for room on the disk to keep its plugins, or goes without.
  package var waitsForRoom = false

  package init(
    worker: String, folders: [String], cacheFolder: String, waitsForRoom: Bool = false
  ) {
    self.waitsForRoom = waitsForRoom
    self.worker = worker
    self.folders = folders
    self.cacheFolder = cacheFolder
  }

  /// The stages there are; asks plugins that are not known yet.
  ///
  /// - Parameter asksHungAgain: Also those that hung a while ago.
  /// - Returns: The catalog.
  func catalog(asksHungAgain: Bool = false) -> StageCatalog {
    StageCatalog.load(
      folders: folders, worker: worker, cachePath: "\(cacheFolder)/plugins.json",
      asksHungAgain: asksHungAgain)
  }

  /// Reads and plans a spec and writes `resolved.json` and `items.jsonl`.
  ///
  /// - Parameters:
  ///   - bytes: The spec.
  ///   - folder: The job's folder as it is called now.
  ///   - surroundings: Where its paths lead; `itemsPath` is set here.
  /// - Returns: What became of it.
  /// - Throws: ``FileError`` when a file can't be written, ``PassingFault`` when the machine lacks something for now.
  package func read(
    _ bytes: [UInt8], into folder: JobFolder, surroundings: PlanSurroundings
  ) throws -> Outcome {
    let reading = PipelineSpec.parse(bytes)
    guard let spec = reading.spec, !reading.hasErrors else { return .faulty(reading.diagnostics) }
    var surroundings = surroundings
    surroundings.itemsPath = folder.items
    let spool = SpoolFolder(path: AtomicFile.parent(of: AtomicFile.parent(of: folder.path)))
    surroundings.holdings = Holdings(
      store: spool.kept, folder: folder, waitsForRoom: waitsForRoom)
    var planner = Planner(
      catalog: catalog(),
      checker: ChildChecker(worker: worker, memoryFolder: "\(cacheFolder)/checks"))
    let result = try planner.plan(spec, in: surroundings)
    let diagnostics = (reading.diagnostics + result.diagnostics).sortedByPlace()
    guard let plan = result.plan else { return .faulty(diagnostics) }
    try JobPlanFile.write(plan, to: folder)
    return .planned(plan, isHeld: spec.isHeld, warnings: diagnostics)
  }
}
