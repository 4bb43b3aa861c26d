import Foundation
import GRDB
package import JobModel

/// Reads the journal, whether the daemon runs or not.
package struct JournalReader: Sendable {
  private let database: any DatabaseReader
  private let path: String

  init(_ database: any DatabaseReader, path: String) {
    self.database = database
    self.path = path
  }

  /// Opens the journal of a spool for reading; who may not write to the spool can read it, too.
  ///
  /// - Throws: ``JournalError`` when there is none or it can't be read.
  package init(spool: SpoolFolder) throws(JournalError) {
    guard FileManager.default.fileExists(atPath: spool.database) else {
      throw .missing(path: spool.path)
    }
    path = spool.database
    do {
      database = try ForeignJournal.open(spool.database)
      guard try Self.waitForTables(in: database) else {
        throw JournalError.missing(path: spool.path)
      }
    } catch let error as JournalError {
      throw error
    } catch {
      throw JournalError(error, path: spool.database)
        ?? .unreadable(path: spool.database, reason: "\(error)")
    }
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try database.read(body)
    } catch {
      throw JournalError(error, path: path) ?? error
    }
  }

  /// What SQLite finds wrong with the file, in its own words; none when it is whole.
  package func damage() throws -> [String] {
    let found = try read { database in
      try String.fetchAll(database, sql: "PRAGMA integrity_check(5)")
        + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").prefix(5).map { row in
          "a row of '\(row[0] as String? ?? "")' belongs to no job"
        }
    }
    return found.filter { $0 != "ok" }
  }

  /// False when a daemon that has just begun does not make its tables within two seconds.
  private static func waitForTables(in database: any DatabaseReader) throws -> Bool {
    for _ in 0..<100 {
      if try database.read({ try $0.tableExists("job") }) { return true }
      usleep(20_000)
    }
    return false
  }

  /// Not being forgotten.
  private static let isKept = "state != '\(Journal.removedState)'"

  /// All jobs in the order of hand-in.
  package func jobs() throws -> [JobRow] {
    try read {
      try Row.fetchAll($0, sql: "SELECT * FROM job WHERE \(Self.isKept) ORDER BY sequence").map(
        Decode.job)
    }
  }

  /// Jobs that have not ended, in the order of hand-in.
  ///
  /// - Parameters:
  ///   - sequence: Only those handed in after the one of this number.
  ///   - last: Only those handed in before that, or it.
  ///   - limit: At most so many.
  /// - Returns: Their rows.
  /// - Throws: `DatabaseError` when the journal can't be read.
  package func openJobs(
    after sequence: Int = 0, through last: Int = .max, limit: Int = .max
  ) throws -> [JobRow] {
    let states = JobState.allCases.filter { !$0.isFinal }.map { "'\($0.rawValue)'" }
    let sql = """
      SELECT * FROM job WHERE state IN (\(states.joined(separator: ","))) AND sequence > ? AND sequence <= ?
      ORDER BY sequence LIMIT ?
      """
    return try read {
      try Row.fetchAll($0, sql: sql, arguments: [sequence, last, limit]).map(Decode.job)
    }
  }

  /// Number of the job that was handed in last; 0 when there is none.
  package func lastSequence() throws -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT coalesce(max(sequence), 0) FROM job") ?? 0 }
  }

  package func job(_ id: JobID) throws -> JobRow? {
    try read {
      let sql = "SELECT * FROM job WHERE id = ? AND \(Self.isKept)"
      return try Row.fetchOne($0, sql: sql, arguments: [id.text]).map(Decode.job)
    }
  }

  /// The job that a person means: an id, the beginning of one, or a name (the last job of that name).
  ///
  /// - Throws: ``JournalError/unknownJob(_:nearest:)`` or ``JournalError/ambiguousJob(_:candidates:)``.
  package func find(_ text: String) throws -> JobRow {
    let escaped = text.filter { $0 != "%" && $0 != "_" }
    let found = try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM job WHERE (id LIKE ? OR name = ?) AND \(Self.isKept)
          ORDER BY (name = ?) DESC, sequence DESC LIMIT 20
          """,
        arguments: ["\(escaped)%", text, text]
      ).map(Decode.job)
    }
    if let exact = found.first(where: { $0.id.text == text || $0.name == text }) { return exact }
    if found.count > 1 {
      throw JournalError.ambiguousJob(text, candidates: found.prefix(5).map(\.id.text))
    }
    guard let only = found.first else {
      let names = try jobs().suffix(1000).map(\.name)
      let near = names.first { name in
        name.hasPrefix(text) || text.hasPrefix(name) || name.lowercased() == text.lowercased()
      }
      throw JournalError.unknownJob(text, nearest: near)
    }
    return only
  }

  /// Shards to which something has happened, by number.
  ///
  /// - Parameters:
  ///   - job: Whose.
  ///   - number: Only those after this one.
  ///   - limit: At most so many.
  /// - Returns: Their rows.
  /// - Throws: `DatabaseError` when the journal can't be read.
  package func shards(
    of job: JobID, after number: Int = -1, limit: Int = .max
  ) throws -> [ShardRow] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT number, state, attempts, items_done, items_failed FROM shard WHERE job = ? AND number > ?
          ORDER BY number LIMIT ?
          """, arguments: [job.text, number, limit]
      ).map { row in
        ShardRow(
          number: row["number"], state: ShardRow.State(rawValue: row["state"]) ?? .queued,
          attempts: row["attempts"], itemsDone: row["items_done"],
          itemsFailed: row["items_failed"])
      }
    }
  }

  /// Numbers of shards that a worker was given and that are not recorded as done.
  package func runningShards(of job: JobID) throws -> [Int] {
    let sql = "SELECT number FROM shard WHERE job = ? AND state = 'running' ORDER BY number"
    return try read { try Int.fetchAll($0, sql: sql, arguments: [job.text]) }
  }

  /// Attempts in the order in which they began.
  package func attempts(of job: JobID) throws -> [AttemptRow] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM attempt WHERE job = ? ORDER BY sequence",
        arguments: [job.text]
      ).map(Decode.attempt)
    }
  }

  /// Failures in the order in which they happened.
  package func failures(of job: JobID) throws -> [JobResult.FailedAttempt] {
    try failures(
      of: job, where: "failure IS NOT NULL", arguments: [], order: "ended_ms, sequence", limit: .max
    ).map(\.failed)
  }

  /// The first failures since a person last asked for another try, in the order in which they happened, without those
  /// that are nobody's fault.
  package func countedFailures(
    of job: JobID, limit: Int
  ) throws -> [JobResult.FailedAttempt] {
    let nobodys = [AttemptFailure.Kind.cancelled, .interrupted].map { "'\($0.rawValue)'" }
    return try failures(
      of: job,
      where: """
        failure IS NOT NULL AND sequence > (SELECT retried_at FROM job WHERE id = attempt.job)
          AND json_extract(failure, '$.kind') NOT IN (\(nobodys.joined(separator: ",")))
        """, arguments: [], order: "ended_ms, sequence", limit: limit
    ).map(\.failed)
  }

  /// Some failures since a person last asked for another try, in the order in which their attempts began.
  ///
  /// - Parameters:
  ///   - job: Whose.
  ///   - sequence: Only those after the attempt of this number.
  ///   - limit: At most so many.
  /// - Returns: Each with the number of its attempt.
  /// - Throws: `DatabaseError` when the journal can't be read.
  package func failures(
    of job: JobID, after sequence: Int, limit: Int
  ) throws -> [(sequence: Int, failed: JobResult.FailedAttempt)] {
    try failures(
      of: job,
      where: """
        failure IS NOT NULL AND sequence > max(?, (SELECT retried_at FROM job WHERE id = attempt.job))
        """, arguments: [sequence], order: "sequence", limit: limit)
  }

  private func failures(
    of job: JobID, where condition: String, arguments: StatementArguments, order: String, limit: Int
  ) throws -> [(sequence: Int, failed: JobResult.FailedAttempt)] {
    let sql = "SELECT * FROM attempt WHERE job = ? AND \(condition) ORDER BY \(order) LIMIT ?"
    return try read { database in
      try Row.fetchAll(database, sql: sql, arguments: [job.text] + arguments + [limit]).compactMap {
        row in
        let attempt = try Decode.attempt(row)
        return attempt.failure.map {
          let failed = JobResult.FailedAttempt(
            shard: attempt.shard, attempt: attempt.number, failure: $0)
          return (row["sequence"], failed)
        }
      }
    }
  }

  /// Attempts of a job that have not ended.
  package func openAttempts(of job: JobID) throws -> [AttemptRow] {
    let sql = "SELECT * FROM attempt WHERE job = ? AND ended_ms IS NULL ORDER BY sequence"
    return try read { try Row.fetchAll($0, sql: sql, arguments: [job.text]).map(Decode.attempt) }
  }

  /// Sequence of the newest event of a job; 0 when there is none.
  package func lastEvent(of job: JobID) throws -> Int {
    let sql = "SELECT coalesce(max(sequence), 0) FROM event WHERE job = ?"
    return try read { try Int.fetchOne($0, sql: sql, arguments: [job.text]) ?? 0 }
  }

  package func events(of job: JobID, after sequence: Int = 0) throws -> [EventRow] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM event WHERE job = ? AND sequence > ? ORDER BY sequence",
        arguments: [job.text, sequence]
      ).map { row in
        EventRow(
          sequence: row["sequence"], job: job, milliseconds: row["ms"], kind: row["kind"],
          text: row["text"])
      }
    }
  }
}

/// Rows as values.
enum Decode {
  static func job(_ row: Row) throws -> JobRow {
    guard let id = JobID(row["id"]), let state = JobState(rawValue: row["state"]) else {
      throw DatabaseError(message: "the row of job '\(row["id"] as String)' is damaged")
    }
    return JobRow(
      id: id, name: row["name"], state: state, priority: row["priority"],
      sequence: row["sequence"], submittedMilliseconds: row["submitted_ms"],
      startedMilliseconds: row["started_ms"], endedMilliseconds: row["ended_ms"],
      itemsTotal: row["items_total"], itemsDone: row["items_done"],
      itemsFailed: row["items_failed"], shardCount: row["shard_count"], threads: row["threads"],
      outputDirectory: row["output_directory"], message: row["message"], wish: wish(row),
      waitsForRoom: row.hasColumn("waits_for_room") && row["waits_for_room"])
  }

  /// None in a journal that was last written before there were wishes.
  private static func wish(_ row: Row) -> JobWish? {
    guard row.hasColumn("wish"), let text = row["wish"] as String? else { return nil }
    return try? JSONDecoder().decode(JobWish.self, from: Data(text.utf8))
  }

  static func attempt(_ row: Row) throws -> AttemptRow {
    guard let id = JobID(row["job"]) else {
      throw DatabaseError(message: "an attempt's row is damaged")
    }
    let failure = (row["failure"] as String?).flatMap {
      try? JSONDecoder().decode(AttemptFailure.self, from: Data($0.utf8))
    }
    return AttemptRow(
      job: id, shard: row["shard"], number: row["number"], startedMilliseconds: row["started_ms"],
      endedMilliseconds: row["ended_ms"], processID: row["process_id"],
      processStartTicks: row["process_start_ticks"], bootID: row["boot_id"], failure: failure)
  }
}
