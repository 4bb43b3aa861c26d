import Foundation
import GRDB
import JobModel
import Journal
import Testing

@Suite struct JournalTests {
  private let spool: SpoolFolder

  init() throws {
    spool = SpoolFolder(
      path: FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        .path())
    try FileManager.default.createDirectory(
      atPath: spool.path, withIntermediateDirectories: true)
  }

  private func newJob(_ name: String, shards: Int = 2, isHeld: Bool = false) -> NewJob {
    var generator = SystemRandomNumberGenerator()
    return NewJob(
      id: JobID(at: 1_790_000_000, using: &generator), name: name, priority: 0,
      submittedMilliseconds: 5, itemsTotal: 10, shardCount: shards, threads: 1,
      outputDirectory: "/out", isHeld: isHeld)
  }

  private func report(_ shard: Int, done: Int, failed: Int) -> ShardReport {
    ShardReport(
      shard: shard, attempt: 1, itemsDone: done, itemsFailed: failed, itemsSkipped: 0, files: [],
      stages: [], seconds: 1, peakMemoryBytes: 0)
  }

  @Test func writesAreAsSafeAsSQLiteGets() throws {
    let journal = try Journal(spool: spool)
    try journal.insert(newJob("a"))
    let queue = try DatabaseQueue(path: spool.database)
    let mode = try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(mode == "wal")
    let migrations = try queue.read {
      try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations")
    }
    #expect(migrations == ["v1"])
    withExtendedLifetime(journal) {}
  }

  /// A job's whole life, read back by a reader of its own after the writer is gone.
  @Test func aLifeIsRemembered() throws {
    let job = newJob("a")
    do {
      let journal = try Journal(spool: spool)
      #expect(try journal.insert(job).state == .queued)
      #expect(try journal.insert(job).sequence == 1)
      #expect(try journal.lease(job: job.id, shard: 0, attempt: 1, at: 10) == .running)
      try journal.noteWorker(
        job: job.id, shard: 0, attempt: 1, processID: 42, startTicks: 7, bootID: "boot")
      let failure = AttemptFailure(kind: .crashed, message: "ended by SIGSEGV")
      try journal.recordFailure(failure, job: job.id, shard: 0, attempt: 1, at: 11)
      _ = try journal.lease(job: job.id, shard: 1, attempt: 1, at: 12)
      try journal.recordDone(report(1, done: 4, failed: 1), job: job.id, at: 13)
    }
    let reader = try JournalReader(spool: spool)
    let row = try #require(try reader.job(job.id))
    #expect(row.state == .running && row.itemsDone == 4 && row.itemsFailed == 1)
    #expect(row.startedMilliseconds == 10)
    #expect(try reader.shards(of: job.id).map(\.state) == [.queued, .done])
    #expect(try reader.failures(of: job.id).map(\.failure.message) == ["ended by SIGSEGV"])
    #expect(try reader.attempts(of: job.id).first?.processID == 42)
    #expect(try reader.events(of: job.id).first?.text == "submitted with 10 items")
  }

  /// Nothing is changed by an event that can't follow.
  @Test func illegalEventsChangeNothing() throws {
    let journal = try Journal(spool: spool)
    let job = newJob("a")
    try journal.insert(job)
    try journal.record(.cancelled, job: job.id, message: "by ann", at: 6)
    let before = try journal.reader.events(of: job.id)
    let error = #expect(throws: IllegalTransition.self) {
      try journal.lease(job: job.id, shard: 0, attempt: 1, at: 7)
    }
    #expect(error?.description == "a job that is cancelled can't be started")
    #expect(try journal.reader.events(of: job.id) == before)
    #expect(try journal.reader.attempts(of: job.id).isEmpty)
    #expect(try journal.reader.job(job.id)?.message == "by ann")
  }

  @Test func jobsAreFoundByWhatPeopleType() throws {
    let journal = try Journal(spool: spool)
    let (first, second) = (newJob("photos"), newJob("photos"))
    try journal.insert(first)
    try journal.insert(second)
    #expect(try journal.reader.find("photos").id == second.id)
    #expect(try journal.reader.find(first.id.text).id == first.id)
    let unknown = #expect(throws: JournalError.self) { try journal.reader.find("photo") }
    #expect(unknown?.description == "there is no job 'photo'; did you mean 'photos'?")
    let several = #expect(throws: JournalError.self) {
      try journal.reader.find(String(first.id.text.prefix(8)))
    }
    #expect(several?.description.hasSuffix("; write more of the id") == true)
    try journal.delete(first.id)
    #expect(try journal.reader.jobs().map(\.id) == [second.id])
    #expect(try journal.reader.shards(of: first.id).isEmpty)
  }

  @Test func readersWorkWhileSomebodyWrites() throws {
    let journal = try Journal(spool: spool)
    let reader = try JournalReader(spool: spool)
    for number in 1...20 {
      try journal.insert(newJob("j\(number)"))
      #expect(try reader.jobs().count == number)
    }
  }

  @Test func whatCanNotBeReadIsSaid() throws {
    let missing = #expect(throws: JournalError.self) { try JournalReader(spool: spool) }
    #expect(
      missing?.description
        == "there is no spool at '\(spool.path)'; start latticed with it, or name another with --spool or $LATTICE_SPOOL"
    )
    _ = try Journal(spool: spool)
    let queue = try DatabaseQueue(path: spool.database)
    try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v9')") }
    try queue.close()
    let newer = #expect(throws: JournalError.self) { try Journal(spool: spool) }
    #expect(
      newer?.description
        == "the journal '\(spool.database)' was written by a newer Lattice (this one knows up to 'v1'); use the newer one"
    )
    try Data("not a database, but text of some length".utf8).write(
      to: URL(filePath: spool.database))
    #expect(throws: JournalError.self) { try Journal(spool: spool) }
  }
}
