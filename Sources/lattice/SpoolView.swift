import DurableFiles
import Foundation
import JobModel
import Journal
import WorkerLink

/// What commands see of a spool: the journal, and the pages of running workers for what is newer.
struct SpoolView {
  private let folder: SpoolFolder
  private let journal: JournalReader

  /// Opens the journal for reading.
  ///
  /// - Throws: ``JournalError``.
  init(_ folder: SpoolFolder) throws {
    self.folder = folder
    journal = try JournalReader(spool: folder)
  }

  var daemonIsRunning: Bool { FileLock.isHeld(folder.daemonLock) }

  /// All jobs in the order of hand-in, with what running workers have done.
  func jobs() throws -> [JobSummary] { try journal.jobs().map(summary) }

  /// The job that a person means: an id, the beginning of one, or a name.
  func find(_ text: String) throws -> JobSummary { try summary(journal.find(text)) }

  func doneShards(of job: JobID) throws -> Int {
    try journal.shards(of: job).count { $0.state == .done }
  }

  func failedAttempts(of job: JobID) throws -> [JobResult.FailedAttempt] {
    try journal.failures(of: job)
  }

  func events(of job: JobID) throws -> [JobEventLine] {
    try journal.events(of: job).map {
      JobEventLine(milliseconds: $0.milliseconds, text: $0.text)
    }
  }

  /// Number of the last event of a job, 0 when there is none.
  func lastEvent(of job: JobID) throws -> Int { try journal.lastEvent(of: job) }

  /// What happened to a job after an event.
  func events(of job: JobID, after event: Int) throws -> [EventRow] {
    try journal.events(of: job, after: event)
  }

  /// Its progress as a bar.
  func bar(of job: JobSummary) -> ProgressBar {
    if let task = job.task { return ProgressBar(name: job.name, task: task) }
    return ProgressBar(
      name: job.name, done: job.itemsDone + job.itemsFailed, total: job.itemsTotal,
      elapsed: job.seconds, note: job.state == .running ? nil : job.state.rawValue)
  }

  private func summary(_ row: JobRow) throws -> JobSummary {
    var summary = JobSummary(row, now: WallClock.milliseconds)
    guard row.state == .running else { return summary }
    for attempt in try journal.attempts(of: row.id) where attempt.endedMilliseconds == nil {
      let path = folder.job(row.id).flightRecorder(shard: attempt.shard, attempt: attempt.number)
      guard let page = try? FlightRecorder.look(at: path) else { continue }
      summary.itemsDone += page.itemsDone
      summary.itemsFailed += page.itemsFailed
      summary.task = page.task ?? summary.task
    }
    return summary
  }
}

/// A job as commands print it.
struct JobSummary: Encodable {
  var id: JobID
  var name: String
  var state: JobState
  var priority: Int
  var itemsDone: Int
  var itemsTotal: Int
  var itemsFailed: Int
  var shardCount: Int
  /// How far its task is, while one runs and has told.
  var task: TaskProgress?
  /// From its start to its end, or to now.
  var seconds: Double
  var message: String?
  /// Absolute folder of its results.
  var outputDirectory: String?
  /// Milliseconds since 1970, UTC.
  var submittedMilliseconds: Int
  var startedMilliseconds: Int?
  var endedMilliseconds: Int?

  init(_ row: JobRow, now: Int) {
    id = row.id
    name = row.name
    state = row.state
    priority = row.priority
    itemsDone = row.itemsDone
    itemsTotal = row.itemsTotal
    itemsFailed = row.itemsFailed
    shardCount = row.shardCount
    let end = row.endedMilliseconds ?? now
    seconds = row.startedMilliseconds.map { Double(max(0, end - $0)) / 1000 } ?? 0
    message = row.message
    outputDirectory = row.outputDirectory.isEmpty ? nil : row.outputDirectory
    submittedMilliseconds = row.submittedMilliseconds
    startedMilliseconds = row.startedMilliseconds
    endedMilliseconds = row.endedMilliseconds
  }
}

/// Something that happened to a job.
struct JobEventLine: Encodable {
  var milliseconds: Int
  var text: String
}
