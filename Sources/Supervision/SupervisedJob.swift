package import JobModel

/// A job that has not ended, as the supervisor knows it; the journal holds what must not be lost.
package final class SupervisedJob {
  /// What has been asked of a job and takes effect once none of its workers is alive.
  package enum Intention: Hashable, Sendable {
    case cancel(by: String)
    case fail(String)
    case pause(reason: String, needs: DiskNeed?)

    /// A stronger wish replaces a weaker one.
    fileprivate var strength: Int {
      switch self {
      case .pause: 0
      case .fail: 1
      case .cancel: 2
      }
    }
  }

  package let id: JobID
  package let name: String
  package let folder: JobFolder
  package let sequence: Int
  package let submittedMilliseconds: Int
  package var priority: Int
  package var state: JobState
  package var startedMilliseconds: Int?
  /// Set while it waits for room on a disk.
  package var diskNeed: DiskNeed?
  /// Full disks in a row, each asking for more room than the one before.
  package var fullDisks = 0
  package private(set) var intention: Intention?
  /// Threads of one of its workers.
  package let threads: Int
  /// Plan, board and history; read when the job's turn comes, so that a long queue costs little memory.
  package var work: JobWork?
  /// What of that is read so far.
  var reading: JobReading?
  /// Failures that its workers wrote while no daemon was there, and that are not answered yet.
  var unanswered: [(key: Attempt.Key, failure: AttemptFailure)] = []
  /// Set until all its shards are queued again, after somebody asked for another try.
  var renewal: JobRenewal?

  package init(
    id: JobID, name: String, folder: JobFolder, sequence: Int, submittedMilliseconds: Int,
    priority: Int, state: JobState, startedMilliseconds: Int?, threads: Int
  ) {
    self.id = id
    self.name = name
    self.folder = folder
    self.sequence = sequence
    self.submittedMilliseconds = submittedMilliseconds
    self.priority = priority
    self.state = state
    self.startedMilliseconds = startedMilliseconds
    self.threads = threads
  }

  /// Wants something of the job; a cancel outweighs a failure, and that a pause.
  package func intend(_ new: Intention) {
    if let intention, intention.strength >= new.strength { return }
    intention = new
  }

  package func forgetIntention() { intention = nil }

  /// True when a worker may be started for it.
  package var mayRun: Bool {
    intention == nil && renewal == nil && (state == .queued || state == .running)
  }
}

/// What running a job takes.
package struct JobWork: Sendable {
  package var plan: JobPlan
  package var board: ShardBoard
  package var history: JobHistory
  /// Sums over the shards that are published.
  package var progress: JobTotals

  package init(plan: JobPlan, board: ShardBoard, history: JobHistory, progress: JobTotals) {
    self.plan = plan
    self.progress = progress
    self.board = board
    self.history = history
  }
}
