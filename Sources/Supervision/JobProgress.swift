package import JobModel
import WorkerLink

/// How far a job is, for a progress bar.
package struct JobProgress: Hashable, Sendable {
  package var job: JobID
  package var name: String
  package var state: JobState
  package var shardsDone: Int
  package var shardsTotal: Int
  package var itemsDone: Int
  package var itemsFailed: Int
  package var itemsSkipped: Int
  package var itemsTotal: Int
  /// Stages that workers are inside of, by name, in the order of the plan.
  package var stages: [String]
  /// How far its task is, when it has one that has told.
  package var task: TaskProgress?
  /// Why it waits, when it does.
  package var pause: String?
}

extension Supervisor {
  /// How far a job that has not ended is; nil when it is not known or has not been looked at yet.
  package func progress(of id: JobID) -> JobProgress? {
    guard let job = jobs[id], let work = job.work else { return nil }
    var progress = JobProgress(
      job: id, name: job.name, state: job.state, shardsDone: work.board.doneCount,
      shardsTotal: work.board.count, itemsDone: work.progress.itemsDone,
      itemsFailed: work.progress.itemsFailed, itemsSkipped: work.progress.itemsSkipped,
      itemsTotal: work.plan.items.count, stages: [], pause: job.diskNeed?.sentence)
    var active: Set<Int> = []
    for attempt in attempts(of: id) {
      let page = attempt.flight.snapshot()
      progress.itemsDone += page.itemsDone
      progress.itemsFailed += page.itemsFailed
      progress.itemsSkipped += page.itemsSkipped
      progress.task = page.task ?? progress.task
      active.formUnion(page.active.map(\.stageIndex))
    }
    let stages = work.plan.stages
    progress.stages = active.sorted().compactMap {
      stages.indices.contains($0) ? stages[$0].name : nil
    }
    return progress
  }
}
