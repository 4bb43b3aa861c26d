import JobModel
import Journal

/// What running a job takes, read from the journal a part at a time: a job may have a million shards.
struct JobReading {
  /// Rows that are read in one go.
  static let part = 500

  private let plan: JobPlan
  private var board: ShardBoard
  private var progress = JobTotals()
  private var history = JobHistory()
  private(set) var lastShard = -1
  private(set) var hasAllShards = false
  private(set) var lastFailure = 0

  init(_ plan: JobPlan) {
    self.plan = plan
    board = ShardBoard(count: plan.shardCount, reduceShard: plan.reduceShard)
  }

  /// Takes in rows of shards.
  ///
  /// - Returns: False, for failures are to follow.
  mutating func take(_ rows: [ShardRow]) -> Bool {
    for row in rows where row.number < plan.shardCount {
      board.restore(row.number, isDone: row.state == .done, attempts: row.attempts)
      if row.state == .done { progress.add(itemsDone: row.itemsDone, itemsFailed: row.itemsFailed) }
    }
    lastShard = rows.last?.number ?? lastShard
    hasAllShards = rows.count < Self.part
    return false
  }

  /// Takes in failures since a person last asked for another try.
  ///
  /// - Returns: True when these were the last.
  mutating func take(_ failures: [(sequence: Int, failed: JobResult.FailedAttempt)]) -> Bool {
    for (sequence, failed) in failures {
      history.record(failed.failure, shard: failed.shard)
      lastFailure = sequence
    }
    return failures.count < Self.part
  }

  /// What was read, once that is all.
  var work: JobWork {
    JobWork(plan: plan, board: board, history: history, progress: progress)
  }
}
