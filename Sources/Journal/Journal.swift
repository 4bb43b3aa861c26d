import Foundation
import GRDB
package import JobModel

/// The one truth about jobs, shards, attempts and events: SQLite in WAL mode, synced at every commit.
///
/// Each function is one short transaction, but for ``delete(_:endedBefore:afterPart:)``, which is several. A job's state changes only through ``JobState/apply(_:)``, in the transaction
/// that records the event.
package final class Journal: Sendable {
  let database: DatabaseQueue
  package let reader: JournalReader

  /// Opens the journal of a spool, making or migrating it.
  ///
  /// - Throws: ``JournalError`` when a newer Lattice wrote it or it can't be opened.
  package init(spool: SpoolFolder) throws(JournalError) {
    do {
      database = try DatabaseQueue(
        path: spool.database, configuration: Schema.configuration(readOnly: false))
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
      let migrator = Schema.migrator
      if try database.read({ try migrator.hasBeenSuperseded($0) }) {
        throw JournalError.newerSchema(path: spool.database, known: migrator.migrations)
      }
      try migrator.migrate(database)
      reader = JournalReader(database, path: spool.database)
    } catch let error as JournalError {
      throw error
    } catch {
      throw JournalError(error, path: spool.database)
        ?? .unreadable(path: spool.database, reason: "\(error)")
    }
  }

  /// SQLite's `synchronous` of this connection; 2 syncs at every commit.
  package var synchronousLevel: Int {
    get throws { try database.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 } }
  }

  /// Inserts a job; one that is there already is left as it is.
  ///
  /// Its shards get rows once something happens to them: there may be a million of them.
  ///
  /// - Returns: Its row.
  @discardableResult
  package func insert(_ job: NewJob) throws -> JobRow {
    try database.write { database in
      let sql = "SELECT * FROM job WHERE id = ?"
      if let row = try Row.fetchOne(database, sql: sql, arguments: [job.id.text]) {
        return try Decode.job(row)
      }
      try database.execute(
        sql: """
          INSERT INTO job (id, name, state, priority, submitted_ms, items_total, shard_count, threads,
            output_directory, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          job.id.text, job.name, (job.isHeld ? JobState.paused : .queued).rawValue, job.priority,
          job.submittedMilliseconds, job.itemsTotal, job.shardCount, job.threads,
          job.outputDirectory, job.isHeld ? "held until somebody resumes it" : nil,
        ])
      try note(
        "submitted", "submitted with \(job.itemsTotal) items", job.id, job.submittedMilliseconds,
        database)
      guard let row = try Row.fetchOne(database, sql: sql, arguments: [job.id.text]) else {
        throw JournalError.jobIsGone(job.id)
      }
      return try Decode.job(row)
    }
  }

  /// Records what happened to a job.
  ///
  /// - Parameters:
  ///   - event: What happened.
  ///   - job: To which.
  ///   - message: Why, for people; replaces the job's earlier message, nil clears it.
  ///   - waitsForRoom: It pauses until there is room on a disk.
  ///   - milliseconds: When.
  /// - Returns: The state that follows.
  /// - Throws: ``IllegalTransition`` when the event can't follow; nothing is changed then.
  @discardableResult
  package func record(
    _ event: JobEvent, job: JobID, message: String?, waitsForRoom: Bool = false,
    at milliseconds: Int
  ) throws -> JobState {
    try database.write { database in
      let state = try move(job, event, message, milliseconds, database)
      if waitsForRoom {
        try database.execute(
          sql: "UPDATE job SET waits_for_room = 1 WHERE id = ?", arguments: [job.text])
      }
      return state
    }
  }

  /// Records what a person asks of a job until it takes effect; nil takes it back.
  package func setWish(_ wish: JobWish?, of job: JobID, at milliseconds: Int) throws {
    let text = try wish.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try database.write { database in
      try database.execute(
        sql: "UPDATE job SET wish = ? WHERE id = ?", arguments: [text, job.text])
      guard database.changesCount > 0 else { throw JournalError.jobIsGone(job) }
    }
  }

  /// Records that a job which is paused stays so for another reason.
  package func stayPaused(_ job: JobID, message: String, at milliseconds: Int) throws {
    try database.write { database in
      try database.execute(
        sql: """
          UPDATE job SET message = ?, wish = NULL, waits_for_room = 0
          WHERE id = ? AND state = 'paused'
          """, arguments: [message, job.text])
      guard database.changesCount > 0 else { throw JournalError.jobIsGone(job) }
      try note(JobEvent.paused.rawValue, message, job, milliseconds, database)
    }
  }

  /// Kind of the event that says why a request was not heeded.
  package static let refusalKind = "refused"
  /// Kind of the event that a priority was set.
  package static let priorityKind = "priority"

  /// Records why a request was not heeded, for whoever waits for its effect.
  package func refuse(_ reason: String, job: JobID, at milliseconds: Int) throws {
    try database.write { try note(Self.refusalKind, reason, job, milliseconds, $0) }
  }

  /// Records that an attempt begins.
  package func lease(
    job: JobID, shard: Int, attempt: Int, at milliseconds: Int
  ) throws -> JobState {
    try database.write { database in
      let state = try move(job, .started, nil, milliseconds, database)
      try database.execute(
        sql: "INSERT INTO attempt (job, shard, number, started_ms) VALUES (?, ?, ?, ?)",
        arguments: [job.text, shard, attempt, milliseconds])
      try database.execute(
        sql: """
          INSERT INTO shard (job, number, state, attempts) VALUES (?, ?, 'running', ?)
          ON CONFLICT (job, number) DO UPDATE SET state = 'running', attempts = max(attempts, excluded.attempts)
          """, arguments: [job.text, shard, attempt])
      return state
    }
  }

  /// Notes which process works on an attempt, for whoever finds it after a crash of the daemon.
  package func noteWorker(
    job: JobID, shard: Int, attempt: Int, processID: Int, startTicks: Int, bootID: String
  ) throws {
    try database.write { database in
      try database.execute(
        sql: """
          UPDATE attempt SET process_id = ?, process_start_ticks = ?, boot_id = ?
          WHERE job = ? AND shard = ? AND number = ?
          """, arguments: [processID, startTicks, bootID, job.text, shard, attempt])
    }
  }

  /// Records that a shard is published.
  package func recordDone(_ report: ShardReport, job: JobID, at milliseconds: Int) throws {
    try database.write { database in
      try end(job, report.shard, report.attempt, failure: nil, milliseconds, database)
      let before = try Self.counts(of: job, report.shard, database)
      let done = report.itemsDone + report.itemsSkipped
      try database.execute(
        sql: """
          INSERT INTO shard (job, number, state, attempts, items_done, items_failed) VALUES (?, ?, 'done', ?, ?, ?)
          ON CONFLICT (job, number) DO UPDATE
            SET state = 'done', items_done = excluded.items_done, items_failed = excluded.items_failed
          """, arguments: [job.text, report.shard, report.attempt, done, report.itemsFailed])
      try count(
        done - before.done, report.itemsFailed - before.failed, of: job, database)
    }
  }

  /// Records that an attempt ended without publishing; its shard is queued again.
  package func recordFailure(
    _ failure: AttemptFailure, job: JobID, shard: Int, attempt: Int, at milliseconds: Int
  ) throws {
    let text = String(decoding: try JSONEncoder().encode(failure), as: UTF8.self)
    try database.write { database in
      try end(job, shard, attempt, failure: text, milliseconds, database)
      try database.execute(
        sql: "UPDATE shard SET state = 'queued' WHERE job = ? AND number = ? AND state = 'running'",
        arguments: [job.text, shard])
      try note(
        "attempt-failed", "shard \(shard), attempt \(attempt): \(failure.message)", job,
        milliseconds,
        database)
    }
  }

  /// Queues an ended job again because a person asked for it, and writes the wish down until its shards are, too.
  ///
  /// - Returns: The state that follows.
  package func retry(
    job: JobID, wish: JobWish, message: String, at milliseconds: Int
  ) throws -> JobState {
    let text = String(decoding: try JSONEncoder().encode(wish), as: UTF8.self)
    return try database.write { database in
      let state = try move(job, .retried, message, milliseconds, database)
      try database.execute(
        sql: """
          UPDATE job SET ended_ms = NULL, wish = ?,
            retried_at = (SELECT coalesce(max(sequence), 0) FROM attempt) WHERE id = ?
          """, arguments: [text, job.text])
      return state
    }
  }

  /// Queues some shards of a job again; what they had done counts no longer.
  package func requeue(_ shards: [Int], of job: JobID) throws {
    try database.write { database in
      let reset = try database.makeStatement(
        sql: """
          UPDATE shard SET state = 'queued', items_done = 0, items_failed = 0 WHERE job = ? AND number = ?
          """)
      var (done, failed) = (0, 0)
      for shard in shards {
        let before = try Self.counts(of: job, shard, database)
        done += before.done
        failed += before.failed
        try reset.execute(arguments: [job.text, shard])
      }
      try count(-done, -failed, of: job, database)
    }
  }

  package func setPriority(_ priority: Int, of job: JobID, at milliseconds: Int) throws {
    try database.write { database in
      try database.execute(
        sql: "UPDATE job SET priority = ? WHERE id = ?", arguments: [priority, job.text])
      try note(Self.priorityKind, "priority is now \(priority)", job, milliseconds, database)
    }
  }

  private func move(
    _ job: JobID, _ event: JobEvent, _ message: String?, _ milliseconds: Int, _ database: Database
  ) throws -> JobState {
    let sql = "SELECT state FROM job WHERE id = ?"
    guard let text = try String.fetchOne(database, sql: sql, arguments: [job.text]),
      let before = JobState(rawValue: text)
    else { throw JournalError.jobIsGone(job) }
    var state = before
    try state.apply(event)
    guard state != before || event != .started else { return state }
    try database.execute(
      sql: """
        UPDATE job SET state = ?, message = ?, waits_for_room = 0,
          wish = CASE WHEN ? THEN wish ELSE NULL END,
          started_ms = CASE WHEN ? AND started_ms IS NULL THEN ? ELSE started_ms END,
          ended_ms = CASE WHEN ? THEN ? ELSE ended_ms END WHERE id = ?
        """,
      arguments: [
        state.rawValue, message, event == .started || event == .interrupted, event == .started,
        milliseconds, state.isFinal, milliseconds,
        job.text,
      ])
    try note(event.rawValue, message ?? event.rawValue, job, milliseconds, database)
    return state
  }

  private func end(
    _ job: JobID, _ shard: Int, _ attempt: Int, failure: String?, _ milliseconds: Int,
    _ database: Database
  ) throws {
    try database.execute(
      sql:
        "UPDATE attempt SET ended_ms = ?, failure = ? WHERE job = ? AND shard = ? AND number = ?",
      arguments: [milliseconds, failure, job.text, shard, attempt])
  }

  /// Adds to what a job has done, without summing up all of its shards.
  private func count(
    _ done: Int, _ failed: Int, of job: JobID, _ database: Database
  ) throws {
    try database.execute(
      sql: """
        UPDATE job SET items_done = items_done + ?, items_failed = items_failed + ? WHERE id = ?
        """, arguments: [done, failed, job.text])
  }

  private static func counts(
    of job: JobID, _ shard: Int, _ database: Database
  ) throws -> (done: Int, failed: Int) {
    let sql = "SELECT items_done, items_failed FROM shard WHERE job = ? AND number = ?"
    let row = try Row.fetchOne(database, sql: sql, arguments: [job.text, shard])
    return row.map { ($0[0], $0[1]) } ?? (0, 0)
  }

  private func note(
    _ kind: String, _ text: String, _ job: JobID, _ milliseconds: Int, _ database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO event (job, ms, kind, text) VALUES (?, ?, ?, ?)",
      arguments: [job.text, milliseconds, kind, text])
  }
}
