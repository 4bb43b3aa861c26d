/// How a job ended; what `result.json` holds.
package struct JobResult: Codable, Hashable, Sendable {
  package var id: JobID
  package var name: String
  package var state: JobState
  /// A sentence for a person: why it failed, or nil.
  package var message: String?
  package var itemsTotal: Int
  package var itemsDone: Int
  package var itemsFailed: Int
  package var itemsSkipped: Int
  /// Of those done, items whose data is damaged and which were kept as far as they can be shown; nil for none.
  package var itemsDamaged: Int?
  package var filesWritten: Int
  package var bytesWritten: Int
  /// Absolute folder of the results.
  package var outputDirectory: String
  /// Milliseconds since 1970, UTC.
  package var submittedMilliseconds: Int
  package var startedMilliseconds: Int?
  package var endedMilliseconds: Int
  /// Summed over shards, in the order of the plan.
  package var stages: [StageTiming]
  /// Highest resident memory any worker had.
  package var peakMemoryBytes: Int
  /// `name@version` of the model it published.
  package var model: String?
  /// Attempts that ended without publishing.
  package var failedAttempts: [FailedAttempt]

  package struct FailedAttempt: Codable, Hashable, Sendable {
    package var shard: Int
    package var attempt: Int
    package var failure: AttemptFailure

    package init(shard: Int, attempt: Int, failure: AttemptFailure) {
      self.shard = shard
      self.attempt = attempt
      self.failure = failure
    }
  }

  package init(
    id: JobID, name: String, state: JobState, message: String?, itemsTotal: Int, itemsDone: Int,
    itemsFailed: Int, itemsSkipped: Int, itemsDamaged: Int? = nil, filesWritten: Int,
    bytesWritten: Int,
    outputDirectory: String, submittedMilliseconds: Int, startedMilliseconds: Int?,
    endedMilliseconds: Int, stages: [StageTiming], peakMemoryBytes: Int, model: String? = nil,
    failedAttempts: [FailedAttempt]
  ) {
    self.id = id
    self.name = name
    self.state = state
    self.message = message
    self.itemsTotal = itemsTotal
    self.itemsDone = itemsDone
    self.itemsFailed = itemsFailed
    self.itemsSkipped = itemsSkipped
    self.itemsDamaged = itemsDamaged
    self.filesWritten = filesWritten
    self.bytesWritten = bytesWritten
    self.outputDirectory = outputDirectory
    self.submittedMilliseconds = submittedMilliseconds
    self.startedMilliseconds = startedMilliseconds
    self.endedMilliseconds = endedMilliseconds
    self.stages = stages
    self.peakMemoryBytes = peakMemoryBytes
    self.model = model
    self.failedAttempts = failedAttempts
  }
}
