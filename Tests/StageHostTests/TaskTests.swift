import FoundationEssentials
import JobModel
import StageHost
import StageSDK
import Synchronization
import Testing

/// The extension `lattice.task/1`, asked from Swift through StageSDK.
@Suite struct TaskTests {
  private func library() throws -> StageLibrary {
    try StageLibrary.greet(
      { hostMinor, why in
        StageModule.export(
          id: "org.lattice.tasks", version: "1.0.0", vendor: "", license: "MIT",
          stages: [AskingTask.self], hostMinor: hostMinor, why: why)
      }, at: "tasks")
  }

  @Test func tellsWhatTheSpecSays() throws {
    let task = TestTask()
    let bench = try StageBench(library(), "test.asking", services: TestServices(task: task))
    #expect(bench.planned.description.publishes)
    let instance = try bench.instance()
    try instance.run()
    #expect(
      bench.services.said == [
        "info state /jobs/1/state/use, model /models/.new-1, every 500, keep 3, seed 18446744073709551615",
        "info 0 a.png /in/a.png", "info 1 000001 none",
      ])
    #expect(
      task.reports == [#"7: {"infinite":"-inf","loss":0.25,"missing":"nan"}"#, "8: {}"])
  }

  /// A stage that is run by a host without the extension, or is no task, gets nothing.
  @Test func saysNothingToOthers() throws {
    let bench = try StageBench(library(), "test.asking")
    let instance = try bench.instance()
    #expect(
      throws: StageFailure(.internal, "stage 'use' asks for what only a task can have")
    ) { try instance.run() }
    #expect(
      bench.services.said == [
        "info state /tmp/scratch of the test, model none, every 0, keep 0, seed 0"
      ])
  }

  @Test func handsOnWhyAReportFailed() throws {
    let task = TestTask(refusal: StageFailure(.noSpace, "can't write 'm': No space left on device"))
    let instance = try StageBench(
      library(), "test.asking", services: TestServices(task: task)
    ).instance()
    #expect(throws: StageFailure(.noSpace, "can't write 'm': No space left on device")) {
      try instance.run()
    }
  }
}

/// Asks for everything that a task can have.
final class AskingTask: Stage {
  struct Parameters: Decodable {}

  static let descriptor = StageDescriptor(
    id: "test.asking", version: "1.0.0", summary: "Asks.", kind: .task, publishesModel: true)

  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws { self.context = context }

  func run() throws {
    context.log(
      .info,
      "state \(context.stateDirectory), model \(context.modelDirectory ?? "none"), "
        + "every \(context.checkpointInterval ?? 0), keep \(context.checkpointsToKeep ?? 0), "
        + "seed \(context.seed)")
    for item in try context.items {
      context.log(.info, "\(item.number) \(item.id) \(item.path ?? "none")")
    }
    try context.report(
      step: 7, metrics: ["loss": 0.25, "missing": .nan, "infinite": -.infinity])
    try context.report(step: 8, metrics: [:])
  }
}

/// A host's side of a task that notes what it is told.
final class TestTask: TaskServices {
  let stateDirectory = "/jobs/1/state/use"
  let modelDirectory: String? = "/models/.new-1"
  let checkpoints = CheckpointPolicy(everySteps: 500, keep: 3)
  let seed = UInt64.max
  let itemCount = 2
  private let refusal: StageFailure?
  private let notes = Mutex<[String]>([])

  init(refusal: StageFailure? = nil) { self.refusal = refusal }

  var reports: [String] { notes.withLock { $0 } }

  func report(step: Int, metrics: [String: JSONValue]) throws(StageFailure) {
    if let refusal { throw refusal }
    let text = (try? JSONValue.object(metrics).canonicalText) ?? ""
    notes.withLock { $0.append("\(step): \(text)") }
  }

  func forEachItem(_ body: (Item) -> Bool) throws(StageFailure) {
    let items = [
      Item(number: 0, id: "a.png", path: "/in/a.png", size: 1, mtimeNanoseconds: 1),
      Item(number: 1, id: "000001", path: nil, size: nil, mtimeNanoseconds: nil),
    ]
    for item in items where !body(item) { return }
  }
}
