import DurableFiles
import FoundationEssentials
package import JobModel
package import PipelineSpec
package import Planning
package import StageCatalog

/// Makes dropped bytes a job's files, or says all that is wrong with them; the daemon and foreground runs share it.
package final class SpecReader {
  /// What became of a spec.
  package enum Outcome: Sendable {
    /// Its plan and manifest are in the folder, on disk.
    case planned(JobPlan, isHeld: Bool, warnings: [Diagnostic])
    /// Nothing will run. `isSyntaxFault` when the text is no YAML, as while somebody is still writing it.
    case faulty([Diagnostic], isSyntaxFault: Bool)
  }

  private let worker: String
  private let folders: [String]
  private let cachePath: String?
  private var planner: Planner<ChildChecker>
  private var seen: [PluginMark]
  private var lastLook = ContinuousClock.now

  /// Looks for plugins and asks each what it holds.
  ///
  /// - Parameters:
  ///   - worker: Absolute path of `lattice-worker`.
  ///   - folders: Searched in this order.
  ///   - cachePath: File that remembers what plugins said; nil for none.
  package init(worker: String, folders: [String], cachePath: String?) {
    self.worker = worker
    self.folders = folders
    self.cachePath = cachePath
    seen = Self.marks(in: folders)
    planner = Self.planner(worker, folders, cachePath)
  }

  /// The stages there are.
  package var catalog: StageCatalog { planner.catalog }

  /// Seconds after which a plugin that could not be looked at is looked at again.
  private static let patience = 10.0

  /// Looks at the plugins again if a file of theirs has come, gone or changed, or could not be looked at.
  ///
  /// - Parameter always: Also when none has.
  /// - Returns: True when it looked.
  @discardableResult
  package func refresh(always: Bool = false) -> Bool {
    let marks = Self.marks(in: folders)
    let mayHaveImproved =
      catalog.isUnsure && ContinuousClock.now > lastLook + .seconds(Self.patience)
    guard always || marks != seen || mayHaveImproved else { return false }
    seen = marks
    planner = Self.planner(worker, folders, cachePath)
    lastLook = .now
    return true
  }

  /// Reads and plans a spec and writes `resolved.json` and `items.jsonl`.
  ///
  /// - Parameters:
  ///   - bytes: The spec.
  ///   - folder: The job's folder as it is called now.
  ///   - surroundings: Where its paths lead; `itemsPath` is set here.
  /// - Returns: What became of it.
  /// - Throws: ``FileError`` when a file can't be written.
  package func read(
    _ bytes: [UInt8], into folder: JobFolder, surroundings: PlanSurroundings
  ) throws -> Outcome {
    let reading = PipelineSpec.parse(bytes)
    guard let spec = reading.spec, !reading.hasErrors else {
      return .faulty(reading.diagnostics, isSyntaxFault: reading.isSyntaxFault)
    }
    refresh()
    var surroundings = surroundings
    surroundings.itemsPath = folder.items
    let spool = SpoolFolder(path: AtomicFile.parent(of: AtomicFile.parent(of: folder.path)))
    surroundings.holdings = Holdings(store: spool.kept, folder: folder)
    let result = try planner.plan(spec, in: surroundings)
    let diagnostics = (reading.diagnostics + result.diagnostics).sortedByPlace()
    guard let plan = result.plan else { return .faulty(diagnostics, isSyntaxFault: false) }
    try JobPlanFile.write(plan, to: folder)
    return .planned(plan, isHeld: spec.isHeld, warnings: diagnostics)
  }

  private struct PluginMark: Hashable {
    var path: String
    var size: Int?
    var mtimeNanoseconds: Int?
  }

  private static func marks(in folders: [String]) -> [PluginMark] {
    PluginFolders.candidates(in: folders).map { path in
      let status = Files.status(path, followingLinks: true)
      return PluginMark(
        path: path, size: status?.size, mtimeNanoseconds: status?.mtimeNanoseconds)
    }
  }

  private static func planner(
    _ worker: String, _ folders: [String], _ cachePath: String?
  ) -> Planner<ChildChecker> {
    Planner(
      catalog: StageCatalog.load(folders: folders, worker: worker, cachePath: cachePath),
      checker: ChildChecker(worker: worker))
  }
}
