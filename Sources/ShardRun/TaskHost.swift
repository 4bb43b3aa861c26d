import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
import JobModel
import StageHost
import WorkerLink

/// What the worker does for a task: its lasting folder, the folder of its model, its metrics, the job's items.
final class TaskHost: TaskServices {
  let stateDirectory: String
  let modelDirectory: String?
  let checkpoints: CheckpointPolicy
  let seed: UInt64
  private let context: ShardContext
  private let metrics: MetricsLog

  /// Makes the folders: that of the state is kept as it is, that of the model is emptied.
  init(_ planned: PlannedStage, _ context: ShardContext) throws(FileError) {
    self.context = context
    checkpoints = planned.checkpoint ?? CheckpointPolicy()
    seed = ItemSeed.seed(job: context.plan.seed, stage: planned.name, item: "")
    stateDirectory = context.folder.taskState(stage: planned.name)
    try Files.makeDirectory(stateDirectory)
    metrics = try MetricsLog(context.folder.metrics(stage: planned.name))
    guard planned.description.publishes, let model = context.plan.output.model else {
      modelDirectory = nil
      return
    }
    let folder = model.staging(job: context.jobID)
    try Files.removeTree(folder)
    try Files.makeDirectory(folder)
    modelDirectory = folder
  }

  var itemCount: Int { context.plan.items.count - (context.plan.items.faultyCount ?? 0) }

  func report(step: Int, metrics: [String: JSONValue]) throws(StageFailure) {
    do throws(FileError) {
      try self.metrics.write(
        MetricLine(step: step, milliseconds: WallClock.milliseconds, metrics: metrics))
    } catch {
      throw StageFailure(error.isNoSpace ? .noSpace : .transient, error.description)
    }
    context.recorder.beat()
  }

  func forEachItem(_ body: (Item) -> Bool) throws(StageFailure) {
    do {
      let reader = try ItemReader(folder: context.folder, manifest: context.plan.items, shard: 0)
      while true {
        let items = try reader.next(256)
        guard !items.isEmpty else { return }
        for var item in items where item.fault == nil {
          if let fault = InputChange.fault(of: item) { throw StageFailure(.config, fault) }
          item.path = context.outputs.openablePath(of: item)
          guard body(item) else { return }
        }
        context.recorder.beat()
      }
    } catch let error as StageFailure {
      throw error
    } catch let error as AttemptFailure {
      throw StageFailure(.internal, error.message)
    } catch {
      throw StageFailure(.transient, "\(error)")
    }
  }
}
