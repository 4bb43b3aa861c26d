import CSystemCalls
import DurableFiles
import Glibc
package import JobModel
import StageHost

/// Holds a plugin against one rule, in this process.
package enum RuleRunner {
  /// Loads the plugin and runs the rule; a plugin that crashes takes the process along.
  ///
  /// - Parameters:
  ///   - request: The rule, the plugin and what to feed it with.
  ///   - folder: Where it may write.
  /// - Returns: How it went.
  package static func run(_ request: RuleRequest, in folder: String) -> RuleResult {
    lattice_watch_crashes(nil, nil, 0, 0)
    // A process that a plugin leaves behind is found, whoever's child it has become.
    _ = lattice_adopt_orphans()
    // Notes how things are before the plugin comes, and keeps descriptors for it.
    _ = Ambient.shared
    let start = WallClock.monotonicNanoseconds
    let findings: Findings
    do {
      findings = try self.findings(request, folder)
    } catch let unfit as Subject.Unfit {
      findings = Findings.skipped("it took none of the samples: \(unfit.reason)")
    } catch {
      findings = Findings(faults: ["\(error)"])
    }
    return RuleResult(
      rule: request.rule, stage: request.stageID, faults: findings.faults,
      warnings: findings.warnings, note: findings.note, isSkipped: findings.isSkipped,
      seconds: Double(WallClock.monotonicNanoseconds - start) / 1e9)
  }

  private static func findings(_ request: RuleRequest, _ folder: String) throws -> Findings {
    if let reason = request.reasonToSkip { return .skipped(reason) }
    if request.rule == .entry {
      return try EntryRule.check(request.pluginPath, slack: request.feed.slack)
    }
    let library = try StageLibrary.load(request.pluginPath)
    if request.rule == .tables { return try TablesRule.check(library) }
    guard let stage = try library.describe().stages.first(where: { $0.id == request.stageID })
    else {
      throw StageLibraryError.unknownStage(
        path: request.pluginPath, id: request.stageID ?? "",
        known: try library.describe().stages.map(\.id))
    }
    let subject = Subject(library, stage, request.feed, folder: folder)
    return try check(request.rule, subject)
  }

  private static func check(_ rule: PluginRule, _ subject: Subject) throws -> Findings {
    switch rule {
    case .entry, .tables: Findings()
    case .schema: SchemaRule.check(subject)
    case .check: try CheckRule.check(subject)
    case .ambient: try AmbientRule.check(subject)
    case .lifecycle: try LifecycleRule.check(subject)
    case .outputs: try OutputsRule.check(subject)
    case .inputs: try InputsRule.check(subject)
    case .bounds: try BoundsRule.check(subject)
    case .alignment: try AlignmentRule.check(subject)
    case .sizes: try SizesRule.check(subject)
    case .extremes: try ExtremesRule.check(subject)
    case .repeatable: try RepeatableRule.check(subject)
    case .parallel: try ParallelRule.check(subject)
    case .cancel: try CancelRule.check(subject)
    case .memory: try MemoryRule.check(subject)
    case .model: try ModelRule.check(subject)
    case .state: try StateRule.check(subject)
    case .files: try FilesRule.check(subject)
    case .task: try TaskRule.check(subject)
    case .fuzz: try FuzzRule.check(subject)
    }
  }
}
