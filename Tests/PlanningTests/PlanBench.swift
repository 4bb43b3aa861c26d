import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import PipelineSpec
import Planning
import StageCatalog
import Testing

/// A throw-away folder to plan in: `in/a.png` is there, stages are those of ``Shelf``, and a stage is checked by a
/// closure instead of its plugin.
final class PlanBench {
  let root = "/tmp/lattice-planning-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
  var catalog = Shelf.catalog
  var checker = FakeChecker()
  var allowedOutputs: [String]?

  init() throws { try file("in/a.png") }

  deinit { try? Files.removeTree(root) }

  /// Writes a file below the folder.
  func file(_ name: String, _ content: String = "x") throws {
    try Files.makeDirectory(AtomicFile.parent(of: "\(root)/\(name)"))
    try AtomicFile.write(Array(content.utf8), to: "\(root)/\(name)")
  }

  /// A spec of these stages; its stages start at line 5.
  static func spec(
    _ stages: String, input: String = "input: { pics: { dir: in } }", more: String = ""
  ) -> String {
    let lines = stages.split(separator: "\n").map { "  - { \($0) }" }.joined(separator: "\n")
    return "version: 1\nname: tiles\n\(input)\nstages:\n\(lines)\n\(more)\n"
  }

  /// What the planner says of a spec whose text has no faults.
  func result(_ text: String) throws -> PlanResult {
    let reading = PipelineSpec.parse(Array(text.utf8))
    try #require(reading.diagnostics == [], "the text itself has no faults")
    var planner = Planner(catalog: catalog, checker: checker)
    return try planner.plan(
      try #require(reading.spec),
      in: PlanSurroundings(
        base: root, defaultOutput: "\(root)/outputs", allowedOutputs: allowedOutputs,
        models: ["\(root)/models", "\(root)/more"], publishedModels: "\(root)/models",
        processors: 8, itemsPath: "\(root)/items.jsonl",
        jobID: "20260101-000000-abcdef"))
  }

  /// The plan of a spec without any fault.
  func plan(_ text: String) throws -> JobPlan {
    let result = try result(text)
    try #require(result.diagnostics == [])
    return try #require(result.plan)
  }

  /// Everything a person is shown of a spec that is faulty but the last newline, the folder's name written as `/bench`.
  func faults(_ text: String) throws -> String {
    let result = try result(text)
    #expect((result.plan == nil) == result.hasErrors)
    for diagnostic in result.diagnostics {
      #expect(PlanningCode.explanation(of: diagnostic.code) != nil, "\(diagnostic.code)")
    }
    let shown = DiagnosticRenderer(file: "p.yaml", source: Array(text.utf8))
      .text(result.diagnostics, verdict: "not queued")
    try #require(shown.hasSuffix("\n"))
    return String(shown.dropLast()).replacing(root, with: "/bench")
  }

  /// The items of the last plan.
  func items() throws -> [Item] {
    try Files.read("\(root)/items.jsonl").split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Item.self, from: Data($0))
    }
  }
}

/// Answers for stages as their plugins would.
struct FakeChecker: StageChecking {
  struct Failure: Error, CustomStringConvertible { let description: String }

  typealias Answer = @Sendable (StageCheckRequest.Entry) -> StageCheckResponse.Entry

  /// By the name of the stage in the spec; the others answer as ``Shelf`` says.
  var answers: [String: Answer] = [:]
  /// Thrown instead of an answer.
  var failure: Failure?

  mutating func check(_ request: StageCheckRequest) throws -> StageCheckResponse {
    if let failure { throw failure }
    return StageCheckResponse(
      stages: request.stages.map { entry in
        answers[entry.name]?(entry) ?? Shelf.answer(entry)
      })
  }
}
