package import JobModel

/// A job as the journal knows it.
package struct JobRow: Codable, Hashable, Sendable {
  package var id: JobID
  package var name: String
  package var state: JobState
  package var priority: Int
  /// Order of hand-in.
  package var sequence: Int
  package var submittedMilliseconds: Int
  package var startedMilliseconds: Int?
  package var endedMilliseconds: Int?
  package var itemsTotal: Int
  package var itemsDone: Int
  package var itemsFailed: Int
  package var shardCount: Int
  package var threads: Int
  package var outputDirectory: String
  /// Why it is in this state, when there is something to say.
  package var message: String?
  /// What was asked of it and has not taken effect yet.
  package var wish: JobWish?
  /// Paused until there is room on a disk.
  package var waitsForRoom: Bool
}

/// A job that is about to be inserted.
package struct NewJob: Hashable, Sendable {
  package var id: JobID
  package var name: String
  package var priority: Int
  package var submittedMilliseconds: Int
  package var itemsTotal: Int
  package var shardCount: Int
  package var threads: Int
  package var outputDirectory: String
  /// Inserted as paused.
  package var isHeld: Bool

  package init(
    id: JobID, name: String, priority: Int, submittedMilliseconds: Int, itemsTotal: Int,
    shardCount: Int, threads: Int, outputDirectory: String, isHeld: Bool
  ) {
    self.id = id
    self.name = name
    self.priority = priority
    self.submittedMilliseconds = submittedMilliseconds
    self.itemsTotal = itemsTotal
    self.shardCount = shardCount
    self.threads = threads
    self.outputDirectory = outputDirectory
    self.isHeld = isHeld
  }
}

/// A shard to which something has happened.
package struct ShardRow: Codable, Hashable, Sendable {
  package enum State: String, Codable, Hashable, Sendable { case queued, running, done }

  package var number: Int
  package var state: State
  /// Attempts so far.
  package var attempts: Int
  /// Once it is done.
  package var itemsDone = 0
  package var itemsFailed = 0
}

/// A try at a shard.
package struct AttemptRow: Codable, Hashable, Sendable {
  package var job: JobID
  package var shard: Int
  package var number: Int
  package var startedMilliseconds: Int
  package var endedMilliseconds: Int?
  /// Of the worker; nil until it is known.
  package var processID: Int?
  /// Clock ticks from boot to its start: with the process id and boot it names the process for good.
  package var processStartTicks: Int?
  package var bootID: String?
  package var failure: AttemptFailure?
}

/// Something that happened to a job.
package struct EventRow: Codable, Hashable, Sendable {
  package var sequence: Int
  package var job: JobID
  package var milliseconds: Int
  package var kind: String
  package var text: String
}
