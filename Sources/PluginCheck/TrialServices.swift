import DurableFiles
import FileNames
import Glibc
import JobModel
import ShardRun
import StageHost
import Synchronization

/// The host services of a trial: a folder of its own, a memory limit, threads, and a job that can be cancelled.
final class TrialServices: StageServices {
  let account: MemoryAccount
  let temporaryDirectory: String
  let task: (any TaskServices)?
  private let budget: ThreadBudget
  private let pool: ThreadPool
  private let models: [String: PlannedModel]
  private let outputFolder: String
  private let areOutputsGuarded: Bool
  private let cancelTime = Atomic<Int>(Int.max)
  private let notes = Mutex(Notes())

  /// What happened during the trial.
  struct Notes: Sendable {
    /// By name, the paths of output files.
    var files: [FileName: String] = [:]
    var damage: [String] = []
    var log: [String] = []
    /// What calls changed that all stages share.
    var changes: [String] = []
  }

  init(
    folder: String, memoryLimit: Int, threads: Int, models: [String: String], guardsOutputs: Bool,
    task: TrialTask? = nil
  ) throws(FileError) {
    self.task = task
    account = MemoryAccount(limit: memoryLimit)
    budget = ThreadBudget(threads: threads)
    pool = ThreadPool(budget: budget)
    temporaryDirectory = "\(folder)/scratch"
    outputFolder = "\(folder)/files"
    areOutputsGuarded = guardsOutputs
    self.models = models.mapValues { PlannedModel(reference: $0, path: $0, sha256: "") }
    try Files.makeDirectory(temporaryDirectory)
    try Files.makeDirectory(outputFolder)
  }

  var noted: Notes { notes.withLock { $0 } }

  func note(damage: String) { notes.withLock { $0.damage.append(damage) } }

  /// Cancels the job `seconds` from now.
  func cancel(after seconds: Double) {
    cancelTime.store(
      WallClock.monotonicNanoseconds + Int(seconds * 1e9), ordering: .relaxed)
  }

  var isCancelled: Bool {
    WallClock.monotonicNanoseconds >= cancelTime.load(ordering: .relaxed)
  }

  var threadBudget: Int { budget.threads }

  func parallelFor(_ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) {
    pool.parallelFor(count, grain: grain, body)
  }

  func model(_ slot: String) -> PlannedModel? { models[slot] }

  func log(_ level: LogLine.Level, _ message: String, fields: JSONValue?) {
    notes.withLock { $0.log.append(message) }
  }

  func changed(_ changes: AmbientChanges, in call: String, isCertain: Bool) {
    notes.withLock { notes in
      for name in changes.names { notes.changes.append("\(call) changes \(name)") }
    }
  }

  func progress(done: Int, total: Int, unit: String) {}
  func begin(_ item: Item) {}

  func output(_ port: String, _ type: ElementType, _ shape: [Int]) -> HostTensor? {
    guard areOutputsGuarded else { return HostTensor(type, shape, account: account) }
    return HostTensor.guarded(type, shape, name: "the output '\(port)'") { [self] damage in
      note(damage: damage)
    }
  }

  func outputFile(
    item: Item?, name: String, existing: OutputPolicy.Existing?, role: OutputFile.Role
  ) throws(StageFailure) -> String {
    let expanded: FileName
    do throws(NameTemplateError) {
      expanded = try NameTemplate(name).expanded(item: item, jobID: "trial", jobName: "trial")
    } catch {
      throw StageFailure(.config, error.description)
    }
    // A trial's items have plain names.
    let name = expanded.text ?? expanded.shown
    let path = "\(outputFolder)/\(name)"
    do throws(FileError) {
      try Files.makeDirectory(AtomicFile.parent(of: path))
    } catch {
      throw StageFailure(.noSpace, error.description)
    }
    notes.withLock { $0.files[FileName(name)] = path }
    return path
  }
}
