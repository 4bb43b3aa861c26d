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
    #expect(try journal.synchronousLevel == 2)
    let mode = try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(mode == "wal")
    let migrations = try queue.read {
      try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations")
    }
    #expect(migrations == ["v1", "v2", "v3"])
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
    try journal.record(.cancelled, job: first.id, message: nil, at: 9)
    #expect(try journal.delete(first.id))
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
        == "the journal '\(spool.database)' was written by a newer Lattice (this one knows up to 'v3'); use the newer one"
    )
    try Data("not a database, but text of some length".utf8).write(
      to: URL(filePath: spool.database))
    let damaged = #expect(throws: JournalError.self) { try Journal(spool: spool) }
    #expect(
      damaged?.description
        == "the journal '\(spool.database)' is damaged (file is not a database); stop latticed, then "
        + "'lattice doctor --repair' rebuilds it from the jobs' folders")
  }

  /// Who removes a job has looked at it before; meanwhile somebody may have queued it again.
  @Test func onlyWhatHasEndedIsDeleted() throws {
    let journal = try Journal(spool: spool)
    let job = newJob("a")
    try journal.insert(job)
    #expect(try !journal.delete(job.id))
    try journal.record(.failed, job: job.id, message: nil, at: 100)
    #expect(try !journal.delete(job.id, endedBefore: 100))
    _ = try journal.retry(
      job: job.id, wish: .retry(failedOnly: true, by: "ann"), message: "retried by ann", at: 101)
    #expect(try !journal.delete(job.id))
    #expect(try journal.reader.job(job.id)?.state == .queued)
    try journal.record(.succeeded, job: job.id, message: nil, at: 102)
    #expect(try journal.delete(job.id, endedBefore: 103))
    #expect(try journal.reader.job(job.id) == nil)
    #expect(try !journal.delete(job.id))
  }

  /// Its rows may be many, and others want to write: it is gone for all readers before they are.
  @Test func aRemovalIsManyShortTransactions() throws {
    let journal = try Journal(spool: spool)
    let job = newJob("a", shards: 1200)
    try journal.insert(job)
    for shard in 0..<1200 {
      _ = try journal.lease(job: job.id, shard: shard, attempt: 1, at: 1)
      try journal.recordDone(report(shard, done: 1, failed: 0), job: job.id, at: 2)
    }
    try journal.record(.succeeded, job: job.id, message: nil, at: 3)
    let reader = try JournalReader(spool: spool)
    var left: [Int] = []
    var isShown = false
    let isRemoved = try journal.delete(job.id) {
      left.append((try? reader.shards(of: job.id).count) ?? -1)
      isShown = isShown || (try? reader.jobs().isEmpty) != true
    }
    #expect(isRemoved && !isShown)
    #expect(left.first == 1200 && left.contains(700) && left.contains(200) && left.last == 0)
    #expect(try journal.reader.shards(of: job.id).isEmpty)
    #expect(try journal.reader.damage().isEmpty)
  }

  /// A kill in the middle: the job is gone, the rest goes with the next removal, and its id can be used again.
  @Test func aRemovalThatWasInterruptedIsFinished() throws {
    let journal = try Journal(spool: spool)
    let (job, other) = (newJob("a"), newJob("b"))
    for job in [job, other] {
      try journal.insert(job)
      _ = try journal.lease(job: job.id, shard: 0, attempt: 1, at: 1)
      try journal.record(.failed, job: job.id, message: nil, at: 2)
    }
    let database = try DatabaseQueue(path: spool.database)
    try database.write {
      try $0.execute(sql: "UPDATE job SET state = 'removed' WHERE id = ?", arguments: [job.id.text])
    }
    #expect(try journal.reader.job(job.id) == nil)
    #expect(try journal.reader.jobs().map(\.id) == [other.id])
    #expect(throws: JournalError.self) { try journal.reader.find("a") }
    #expect(throws: JournalError.self) {
      try journal.record(.retried, job: job.id, message: nil, at: 3)
    }
    try journal.adopt([FoundJob(job: job, state: .failed, shards: [])], at: 4)
    #expect(try journal.reader.job(job.id)?.state == .failed)
    try database.write {
      try $0.execute(sql: "UPDATE job SET state = 'removed' WHERE id = ?", arguments: [job.id.text])
    }
    try journal.finishRemovals()
    let count = try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM job") }
    #expect(count == 1)
    #expect(try journal.reader.shards(of: other.id).count == 1)
  }

  /// Each step is one transaction: where its last statement fails, nothing of it is there.
  @Test func aStepIsWholeOrNotAtAll() throws {
    let journal = try Journal(spool: spool)
    let job = newJob("a")
    try journal.insert(job)
    _ = try journal.lease(job: job.id, shard: 0, attempt: 1, at: 1)
    let database = try DatabaseQueue(path: spool.database)

    func state() throws -> [String] {
      try ["job", "shard", "attempt", "event"].map { table in
        try database.read { try Row.fetchAll($0, sql: "SELECT * FROM \(table)") }.description
      }
    }

    func expectNothing(
      _ trigger: String, sourceLocation: SourceLocation = #_sourceLocation,
      _ step: () throws -> Void
    ) throws {
      let before = try state()
      try database.write {
        try $0.execute(
          sql: "CREATE TRIGGER no BEFORE \(trigger) BEGIN SELECT RAISE(ABORT, 'no'); END")
      }
      #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try step() }
      try database.write { try $0.execute(sql: "DROP TRIGGER no") }
      #expect(try state() == before, sourceLocation: sourceLocation)
    }

    let failure = AttemptFailure(kind: .crashed, message: "ended by SIGSEGV")
    try expectNothing("INSERT ON event") { try journal.insert(newJob("b")) }
    try expectNothing("UPDATE ON shard") {
      try journal.recordFailure(failure, job: job.id, shard: 0, attempt: 1, at: 2)
    }
    try expectNothing("INSERT ON event") {
      try journal.recordFailure(failure, job: job.id, shard: 0, attempt: 1, at: 2)
    }
    try expectNothing("UPDATE ON job") {
      try journal.recordDone(report(0, done: 1, failed: 0), job: job.id, at: 2)
    }
    try expectNothing("INSERT ON shard") {
      _ = try journal.lease(job: job.id, shard: 1, attempt: 1, at: 2)
    }
    try expectNothing("INSERT ON event") {
      try journal.record(.failed, job: job.id, message: nil, at: 3)
    }
    try journal.recordDone(report(0, done: 1, failed: 1), job: job.id, at: 2)
    try expectNothing("UPDATE ON job") { try journal.requeue([0], of: job.id) }
    try journal.record(.failed, job: job.id, message: nil, at: 3)
    try expectNothing("UPDATE OF ended_ms ON job WHEN NEW.ended_ms IS NULL") {
      _ = try journal.retry(
        job: job.id, wish: .retry(failedOnly: true, by: "ann"), message: "", at: 4)
    }
    try expectNothing("INSERT ON event") { try journal.setPriority(3, of: job.id, at: 4) }
  }

  /// A job of any size is one row; its shards get theirs when something happens to them.
  @Test func aShardToWhichNothingHasHappenedHasNoRow() throws {
    let journal = try Journal(spool: spool)
    let job = newJob("a", shards: 1_000_000)
    try journal.insert(job)
    #expect(try journal.reader.shards(of: job.id).isEmpty)
    _ = try journal.lease(job: job.id, shard: 999_999, attempt: 1, at: 1)
    #expect(try journal.reader.runningShards(of: job.id) == [999_999])
    try journal.recordDone(report(999_999, done: 3, failed: 2), job: job.id, at: 2)
    try journal.recordDone(report(999_999, done: 3, failed: 2), job: job.id, at: 3)
    try journal.recordDone(report(5, done: 1, failed: 0), job: job.id, at: 4)
    #expect(try journal.reader.job(job.id)?.itemsDone == 4)
    #expect(try journal.reader.job(job.id)?.itemsFailed == 2)
    try journal.record(.failed, job: job.id, message: nil, at: 5)
    let wish = JobWish.retry(failedOnly: true, by: "ann")
    #expect(
      try journal.retry(job: job.id, wish: wish, message: "retried by ann", at: 6) == .queued)
    #expect(try journal.reader.job(job.id)?.wish == wish)
    try journal.requeue([999_999], of: job.id)
    #expect(try journal.reader.job(job.id)?.itemsDone == 1)
    #expect(try journal.reader.job(job.id)?.itemsFailed == 0)
    #expect(try journal.reader.shards(of: job.id).map(\.number) == [5, 999_999])
    #expect(try journal.reader.shards(of: job.id, after: 5, limit: 1).map(\.attempts) == [1])
  }

  @Test func aWishIsKeptUntilItTakesEffect() throws {
    let job = newJob("a")
    do {
      let journal = try Journal(spool: spool)
      try journal.insert(job)
      _ = try journal.lease(job: job.id, shard: 0, attempt: 1, at: 1)
      try journal.setWish(.cancel(by: "ann"), of: job.id, at: 2)
      try journal.record(.interrupted, job: job.id, message: "the daemon went down", at: 3)
    }
    let journal = try Journal(spool: spool)
    #expect(try journal.reader.job(job.id)?.wish == .cancel(by: "ann"))
    try journal.record(.cancelled, job: job.id, message: nil, at: 4)
    #expect(try journal.reader.job(job.id)?.wish == nil)
    let other = newJob("b")
    #expect(throws: JournalError.jobIsGone(other.id)) {
      try journal.setWish(.pause(by: "ann"), of: other.id, at: 5)
    }
  }

  @Test func aPauseForRoomBecomesThatOfAPerson() throws {
    let journal = try Journal(spool: spool)
    let job = newJob("a")
    try journal.insert(job)
    try journal.record(.paused, job: job.id, message: "full", waitsForRoom: true, at: 1)
    #expect(try journal.reader.job(job.id)?.waitsForRoom == true)
    try journal.stayPaused(job.id, message: "paused by ann", at: 2)
    #expect(try journal.reader.job(job.id)?.waitsForRoom == false)
    #expect(try journal.reader.job(job.id)?.message == "paused by ann")
  }

  /// A journal of the first layout is read as it is, and brought up to date by whoever writes.
  @Test func aJournalOfTheFirstLayoutIsUnderstood() throws {
    let job = newJob("a")
    do {
      let journal = try Journal(spool: spool)
      try journal.insert(job)
      try journal.record(.paused, job: job.id, message: "the disk of '/out' is full: …", at: 1)
    }
    let queue = try DatabaseQueue(path: spool.database)
    try queue.write { database in
      try database.execute(
        sql: """
          ALTER TABLE job DROP COLUMN wish; ALTER TABLE job DROP COLUMN waits_for_room;
          DELETE FROM grdb_migrations WHERE identifier = 'v2';
          """)
    }
    try queue.close()
    #expect(try JournalReader(spool: spool).job(job.id)?.waitsForRoom == false)
    #expect(try Journal(spool: spool).reader.job(job.id)?.waitsForRoom == true)
  }

  @Test func foundJobsBecomeAJournal() throws {
    let job = newJob("a")
    var found = FoundJob(
      job: job, state: .queued,
      shards: [
        FoundJob.Shard(isDone: true, attempts: 1, itemsDone: 4, itemsFailed: 1),
        FoundJob.Shard(isDone: false, attempts: 3, itemsDone: 0, itemsFailed: 0),
      ])
    found.wish = .pause(by: "ann")
    let failure = AttemptFailure(kind: .crashed, message: "ended by SIGSEGV")
    found.failures = [JobResult.FailedAttempt(shard: 1, attempt: 3, failure: failure)]
    try Journal.make(at: spool.database, of: [found], at: 7)
    let journal = try Journal(spool: spool)
    let row = try #require(try journal.reader.job(job.id))
    #expect(row.itemsDone == 4 && row.itemsFailed == 1 && row.wish == .pause(by: "ann"))
    #expect(try journal.reader.shards(of: job.id).map(\.attempts) == [1, 3])
    #expect(try journal.reader.failures(of: job.id).map(\.failure) == [failure])
    #expect(try journal.reader.damage().isEmpty)
  }

  @Test func damageIsFound() throws {
    do {
      let journal = try Journal(spool: spool)
      for number in 1...200 { try journal.insert(newJob("j\(number)")) }
    }
    #expect(try JournalReader(spool: spool).damage().isEmpty)
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: spool.database)[.size] as? Int)
    let file = try FileHandle(forWritingTo: URL(filePath: spool.database))
    for page in 3..<(size / 4096) {
      try file.seek(toOffset: UInt64(page * 4096))
      try file.write(contentsOf: Data(repeating: 0xAA, count: 64))
    }
    try file.close()
    let found = Result { try JournalReader(spool: spool).damage() }
    switch found {
    case .success(let damage): #expect(!damage.isEmpty)
    case .failure(let error): #expect("\(error)".contains("is damaged"), "\(error)")
    }
  }
}
