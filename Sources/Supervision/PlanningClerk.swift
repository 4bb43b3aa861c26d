import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import PipelineSpec
import Planning

/// What a clerk needs to know to plan a claim, beside the spec.
struct PlanningOrder: Codable, Sendable {
  /// The name the spec was dropped under.
  var name: String
  var surroundings: PlanSurroundings
  var reader: SpecReader
}

/// What became of a claim.
enum PlanningOutcome: Codable, Sendable {
  case planned(PlannedJob)
  /// Texts for people and programs are in the claim's folder.
  case faulty(errors: Int)
}

/// What the journal needs to know of a plan.
struct PlannedJob: Codable, Sendable {
  var name: String
  var priority: Int
  var itemCount: Int
  var shardCount: Int
  var threads: Int
  var outputDirectory: String
  var isHeld: Bool
  var warnings: [String]
}

extension JobFolder {
  var planningOrder: String { "\(path)/planning.json" }
  var planningOutcome: String { "\(path)/planned.json" }
  /// How often planning brought a clerk down.
  var planningFalls: String { "\(path)/falls.json" }
  var rejectionText: String { "\(path)/rejection.txt" }
  var rejectionJSON: String { "\(path)/rejection.json" }
  /// What the clerk of the folder said.
  var clerkTalk: String { "\(path)/clerk.txt" }
}

/// Plans the spec of a claim: the daemon's own thread never reads what a user controls.
struct PlanningClerk {
  /// Faults that are shown of one spec.
  private static let mostFaults = 200
  private static let mostWarnings = 20

  let folder: JobFolder

  func plan() throws {
    let order = try ClerkFile.read(PlanningOrder.self, from: folder.planningOrder)
    let bytes = try Files.read(folder.spec, limit: 2 << 20)
    let outcome: PlanningOutcome
    switch try order.reader.read(bytes, into: folder, surroundings: order.surroundings) {
    case .faulty(let faults):
      try explain(faults, DiagnosticRenderer(file: order.name, source: bytes))
      outcome = .faulty(errors: faults.count { $0.severity == .error })
    case .planned(let plan, let isHeld, let warnings):
      outcome = .planned(
        PlannedJob(
          name: plan.name, priority: plan.priority, itemCount: plan.items.count,
          shardCount: plan.shardCount, threads: plan.limits.threads,
          outputDirectory: plan.output.directory, isHeld: isHeld,
          warnings: warnings.prefix(Self.mostWarnings).map(\.message)))
    }
    try ClerkFile.write(outcome, to: folder.planningOutcome)
  }

  private func explain(_ faults: [Diagnostic], _ renderer: DiagnosticRenderer) throws {
    let shown = Array(faults.prefix(Self.mostFaults))
    var text = renderer.text(shown, verdict: "not queued")
    if faults.count > shown.count {
      text += "\(faults.count - shown.count) more are not shown.\n"
    }
    try AtomicFile.write(Array(text.utf8), to: folder.rejectionText)
    try AtomicFile.write(Array(try renderer.json(shown).utf8), to: folder.rejectionJSON)
  }
}
