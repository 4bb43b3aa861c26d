import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
package import JobModel
import StageHost
import Synchronization
import WorkerLink

/// Runs one attempt at a shard from its plan to its report.
package struct ShardRunner {
  package var folder: JobFolder
  package var shard: Int
  package var attempt: Int
  package var isOneByOne: Bool

  package init(folder: JobFolder, shard: Int, attempt: Int, isOneByOne: Bool) {
    self.folder = folder
    self.shard = shard
    self.attempt = attempt
    self.isOneByOne = isOneByOne
  }

  /// Does the whole attempt.
  ///
  /// - Throws: ``AttemptFailure``; nothing was published then, or what was will be published again.
  package func run() throws(AttemptFailure) {
    do {
      try work()
    } catch let error as AttemptFailure {
      throw error
    } catch let error as FileError {
      throw AttemptFailure(
        kind: error.isNoSpace ? .noSpace : .transient, message: error.description)
    } catch {
      throw AttemptFailure(kind: .internal, message: "\(error)")
    }
  }

  private func work() throws {
    let started = WallClock.monotonicNanoseconds
    let plan = try readPlan()
    guard (0..<plan.shardCount).contains(shard) else {
      throw AttemptFailure(
        kind: .internal, message: "there is no shard \(shard); the job has \(plan.shardCount)")
    }
    try Files.makeDirectory(folder.shards, isDurable: true)
    guard let lock = try FileLock.acquire(folder.lock(shard: shard)) else {
      throw AttemptFailure(
        kind: .transient, message: "shard \(shard) is being run by another worker")
    }
    defer { withExtendedLifetime(lock) {} }
    try Files.makeDirectory(folder.logs(shard: shard, attempt: attempt))
    Self.limitMemory(plan.limits.memoryBytes)
    let path = folder.flightRecorder(shard: shard, attempt: attempt)
    let recorder =
      Files.exists(path) ? try FlightRecorder.open(at: path) : try FlightRecorder.create(at: path)
    recorder.watchCrashes(isAlone: isOneByOne || plan.limits.threads == 1)
    let context = try ShardContext(
      folder: folder, plan: plan, shard: shard, attempt: attempt, isOneByOne: isOneByOne,
      recorder: recorder)
    context.log.write(
      .info,
      "attempt \(attempt) at shard \(shard) begins\(context.isOneByOne ? ", item by item" : "")")
    defer { context.outputs.sweep() }
    let report =
      if plan.isTask {
        try TaskShard(context: context).run(since: started)
      } else if shard == plan.reduceShard {
        try ReduceShard(context: context).run(since: started)
      } else {
        try ItemShard(context: context).run(since: started)
      }
    context.log.write(
      .info,
      "shard \(shard) is published: \(report.itemsDone) done, \(report.itemsFailed) failed, \(report.files.count) files"
    )
  }

  private func readPlan() throws -> JobPlan {
    let plan: JobPlan
    do {
      plan = try JSONDecoder().decode(JobPlan.self, from: Data(try Files.read(folder.plan)))
    } catch let error as FileError {
      throw AttemptFailure(kind: .config, message: error.description)
    } catch {
      throw AttemptFailure(
        kind: .config, message: "'\(folder.plan)' is no plan this worker can read: \(error)")
    }
    guard plan.format == JobPlan.currentFormat else {
      throw AttemptFailure(
        kind: .config,
        message:
          "'\(folder.plan)' has format \(plan.format), this worker reads \(JobPlan.currentFormat); run it with the Lattice that planned it"
      )
    }
    return plan
  }

  /// Caps the worker's own data, with room for stacks and the runtime; what stages ask the host for is counted apart.
  private static func limitMemory(_ bytes: Int) {
    let (limit, overflow) = bytes.addingReportingOverflow(512 << 20)
    guard !overflow else { return }
    var value = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
    setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &value)
  }
}

/// Highest resident memory of this process so far, in bytes.
func peakMemoryBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// Loads the plugins of a plan and makes its stages, in order.
enum StageLoader {
  static func load(_ context: ShardContext, where wanted: (PlannedStage) -> Bool) throws
    -> [RunningStage]
  {
    let files = PlannedFiles { context.recorder.beat() }
    var libraries: [FileName: StageLibrary] = [:]
    var stages: [RunningStage] = []
    for (index, planned) in context.plan.stages.enumerated() where wanted(planned) {
      let known = libraries[FileName(planned.plugin.path)]
      let library = try known ?? load(planned, index, context, files)
      libraries[FileName(planned.plugin.path)] = library
      let stage = try RunningStage(
        index: index, library: library, models: files.models(of: planned), context: context)
      if known == nil { stage.changed(library.changes, in: "loading its plugin", isCertain: true) }
      stages.append(stage)
    }
    return stages
  }

  private static func load(
    _ planned: PlannedStage, _ index: Int, _ context: ShardContext, _ files: PlannedFiles
  ) throws -> StageLibrary {
    // A plugin can crash while it is loaded.
    let slot = Threads.slot
    context.recorder.enter(slot: slot, stage: index, item: nil)
    defer { context.recorder.leave(slot: slot) }
    return try files.library(of: planned)
  }
}
