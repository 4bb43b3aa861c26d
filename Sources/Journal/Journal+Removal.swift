import Foundation
import GRDB
package import JobModel

/// Forgetting jobs. What belongs to one may be a million rows, and whoever else writes would wait while they go: the job
/// is marked in one transaction, which is what decides, and its rows go a part at a time.
extension Journal {
  /// The state of a job that is being forgotten; no reader shows it.
  static let removedState = "removed"

  /// Rows that go in one transaction.
  private static let part = 500

  /// Forgets an ended job and all about it.
  ///
  /// - Parameters:
  ///   - job: Which.
  ///   - milliseconds: It must have ended before.
  ///   - afterPart: Called after each transaction.
  /// - Returns: False when it is not there or has not ended by then, as when it was queued again meanwhile.
  /// - Throws: `DatabaseError` when the journal can't be written; ``finishRemovals()`` does the rest later.
  package func delete(
    _ job: JobID, endedBefore milliseconds: Int = .max, afterPart: () -> Void = {}
  ) throws -> Bool {
    let states = JobState.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }
    let isMarked = try database.write { database in
      try database.execute(
        sql: """
          UPDATE job SET state = ? WHERE id = ? AND state IN (\(states.joined(separator: ",")))
            AND coalesce(ended_ms, 0) < ?
          """, arguments: [Self.removedState, job.text, milliseconds])
      return database.changesCount > 0
    }
    guard isMarked else { return false }
    afterPart()
    try clear(job.text, afterPart)
    return true
  }

  /// Forgets what is left of jobs whose removal was interrupted.
  package func finishRemovals() throws {
    let ids = try database.read { database in
      try String.fetchAll(
        database, sql: "SELECT id FROM job WHERE state = ?", arguments: [Self.removedState])
    }
    for id in ids { try clear(id) {} }
  }

  private func clear(_ job: String, _ afterPart: () -> Void) throws {
    for (table, key) in [("event", "sequence"), ("attempt", "sequence"), ("shard", "number")] {
      let sql = """
        DELETE FROM \(table) WHERE job = ?1 AND \(key) IN (SELECT \(key) FROM \(table) WHERE job = ?1 LIMIT ?2)
        """
      var count = Self.part
      while count == Self.part {
        count = try database.write { database in
          try database.execute(sql: sql, arguments: [job, Self.part])
          return database.changesCount
        }
        afterPart()
        // Others have their turn; SQLite lets them ask only every few milliseconds.
        if count == Self.part { usleep(20_000) }
      }
    }
    try database.write { database in
      try database.execute(
        sql: "DELETE FROM job WHERE id = ? AND state = ?", arguments: [job, Self.removedState])
    }
  }
}
