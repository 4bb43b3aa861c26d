import Foundation
import GRDB
package import JobModel

/// A job as its folder tells of it, for a journal that has lost it.
package struct FoundJob: Hashable, Sendable {
  package struct Shard: Hashable, Sendable {
    package var isDone: Bool
    package var attempts: Int
    package var itemsDone: Int
    package var itemsFailed: Int

    package init(isDone: Bool, attempts: Int, itemsDone: Int, itemsFailed: Int) {
      self.isDone = isDone
      self.attempts = attempts
      self.itemsDone = itemsDone
      self.itemsFailed = itemsFailed
    }
  }

  package var job: NewJob
  package var state: JobState
  package var startedMilliseconds: Int?
  package var endedMilliseconds: Int?
  package var message: String?
  package var wish: JobWish?
  package var waitsForRoom: Bool
  /// By number.
  package var shards: [Shard]
  /// Failures that workers wrote down, in the order of shards and attempts.
  package var failures: [JobResult.FailedAttempt]

  package init(job: NewJob, state: JobState, shards: [Shard]) {
    self.job = job
    self.state = state
    self.shards = shards
    waitsForRoom = false
    failures = []
  }
}

extension Journal {
  /// Takes in jobs that the journal does not know, in one transaction.
  package func adopt(_ jobs: [FoundJob], at milliseconds: Int) throws {
    try database.write { database in
      for job in jobs { try Self.insert(job, milliseconds, database) }
    }
  }

  /// Makes a journal of its own file of found jobs, whole when this returns.
  ///
  /// - Parameters:
  ///   - path: Nothing may be there.
  ///   - jobs: In the order of hand-in.
  ///   - milliseconds: When, for the events.
  /// - Throws: `DatabaseError` when it can't be written.
  package static func make(at path: String, of jobs: [FoundJob], at milliseconds: Int) throws {
    let database = try DatabaseQueue(
      path: path, configuration: Schema.configuration(readOnly: false))
    try Schema.migrator.migrate(database)
    try database.write { database in
      for job in jobs { try insert(job, milliseconds, database) }
    }
    try database.close()
  }

  private static func insert(
    _ found: FoundJob, _ milliseconds: Int, _ database: Database
  ) throws {
    let job = found.job
    // What was about to be forgotten and has its folder still is known again.
    try database.execute(
      sql: "DELETE FROM job WHERE id = ? AND state = ?",
      arguments: [job.id.text, Journal.removedState])
    let wish = try found.wish.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try database.execute(
      sql: """
        INSERT INTO job (id, name, state, priority, submitted_ms, started_ms, ended_ms, items_total, items_done,
          items_failed, shard_count, threads, output_directory, message, wish, waits_for_room)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        job.id.text, job.name, found.state.rawValue, job.priority, job.submittedMilliseconds,
        found.startedMilliseconds, found.endedMilliseconds, job.itemsTotal,
        found.shards.reduce(0) { $0 + $1.itemsDone },
        found.shards.reduce(0) { $0 + $1.itemsFailed },
        job.shardCount, job.threads, job.outputDirectory, found.message, wish, found.waitsForRoom,
      ])
    for (number, shard) in found.shards.enumerated() where shard.isDone || shard.attempts > 0 {
      try database.execute(
        sql: """
          INSERT INTO shard (job, number, state, attempts, items_done, items_failed) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          job.id.text, number, shard.isDone ? "done" : "queued", shard.attempts, shard.itemsDone,
          shard.itemsFailed,
        ])
    }
    for failed in found.failures {
      let text = String(decoding: try JSONEncoder().encode(failed.failure), as: UTF8.self)
      try database.execute(
        sql: """
          INSERT INTO attempt (job, shard, number, started_ms, ended_ms, failure) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          job.id.text, failed.shard, failed.attempt, milliseconds, milliseconds, text,
        ])
    }
    try database.execute(
      sql: "INSERT INTO event (job, ms, kind, text) VALUES (?, ?, 'adopted', ?)",
      arguments: [
        job.id.text, milliseconds,
        "taken into the journal again from its folder; earlier events are lost",
      ])
  }
}
