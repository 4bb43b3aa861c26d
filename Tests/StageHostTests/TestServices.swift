import Dispatch
import FileNames
import JobModel
import StageHost
import Synchronization

/// A host that notes what a stage asks of it.
final class TestServices: StageServices {
  let account: MemoryAccount
  let threadBudget = 2
  let temporaryDirectory = "/tmp/scratch of the test"
  private let notes = Mutex<[String]>([])
  private let cancelled = Atomic<Bool>(false)
  /// For a task; nil for other stages.
  let task: (any TaskServices)?

  init(memoryLimit: Int = .max, task: (any TaskServices)? = nil) {
    account = MemoryAccount(limit: memoryLimit)
    self.task = task
  }

  /// What the stage said and asked for, in order.
  var said: [String] { notes.withLock { $0 } }

  func cancel() { cancelled.store(true, ordering: .relaxed) }
  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  func log(_ level: LogLine.Level, _ message: String, fields: JSONValue?) {
    note("\(level) \(message)\((try? fields?.canonicalText).map { " \($0)" } ?? "")")
  }

  func progress(done: Int, total: Int, unit: String) { note("\(done) of \(total) \(unit)") }

  func model(_ slot: String) -> PlannedModel? {
    slot == "weights"
      ? PlannedModel(reference: "small@1.0.0", path: "/models/small", sha256: "5a") : nil
  }

  func parallelFor(_ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) {
    DispatchQueue.concurrentPerform(iterations: count) { body($0..<$0 + 1) }
  }

  func begin(_ item: Item) { note("begins \(item.number)") }

  func outputFile(
    item: Item?, name: String, existing: OutputPolicy.Existing?, role: OutputFile.Role
  ) throws(StageFailure) -> String {
    guard !name.hasPrefix("..") else { throw StageFailure(.config, "'\(name)' leads elsewhere") }
    note(
      "file \(name) of \(item?.id.shown ?? "all"), \(existing?.rawValue ?? "as the job"), \(role)")
    return "/out/\(name)"
  }

  private func note(_ text: String) { notes.withLock { $0.append(text) } }
}
