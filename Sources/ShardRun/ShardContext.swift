import DurableFiles
import Glibc
import JobModel
import StageHost
import WorkerLink

/// Everything the parts of one attempt at a shard share.
final class ShardContext: Sendable {
  let folder: JobFolder
  let plan: JobPlan
  let shard: Int
  let attempt: Int
  /// Batch 1 and nothing at the same time, so that a crash names its item for sure.
  let isOneByOne: Bool
  let recorder: FlightRecorder
  let account: MemoryAccount
  let budget: ThreadBudget
  let pool: ThreadPool
  let log: LogFile
  let outputs: OutputStore

  var jobID: String { AtomicFile.lastComponent(of: folder.path) }

  init(
    folder: JobFolder, plan: JobPlan, shard: Int, attempt: Int, isOneByOne: Bool,
    recorder: FlightRecorder
  ) throws {
    self.folder = folder
    self.plan = plan
    self.shard = shard
    self.attempt = attempt
    // A task has no items to tell apart: after a crash it goes on as before.
    self.isOneByOne = isOneByOne && !plan.isTask
    self.recorder = recorder
    account = MemoryAccount(limit: plan.limits.memoryBytes)
    budget = ThreadBudget(threads: self.isOneByOne ? 1 : plan.limits.threads)
    pool = ThreadPool(budget: budget)
    log = LogFile(folder.workerLog(shard: shard, attempt: attempt), stage: nil)
    outputs = try OutputStore(folder: folder, plan: plan, shard: shard, attempt: attempt)
  }

  /// - Throws: ``AttemptFailure`` of kind cancelled once the supervisor has asked to stop.
  func throwIfCancelled() throws(AttemptFailure) {
    if recorder.isCancelRequested {
      throw AttemptFailure(kind: .cancelled, message: "was asked to stop")
    }
  }
}
