import FoundationEssentials
import Glibc
import JobModel
import Journal
import Supervision
import LatticeDriver
import Testing

/// What a supervisor makes of a spool whose daemon died.
@Suite(.blocking) struct SupervisorRecoveryTests {
  @Test func publishedShardsAreBelievedAndTheRestRunsAgain() throws {
    let shop = try Workshop()
    let journal = try Journal(spool: shop.spool)
    var plan = shop.plan(items: 6)
    plan.retry.attempts = 1
    let id = try shop.makeJob(plan)
    let folder = shop.spool.job(id)
    _ = try shop.ledger.insert(id, plan: plan, folder: folder, isHeld: false)
    // Shard 0 was published, not recorded; shard 1 was at work; shard 2 had not begun.
    for shard in 0..<2 { _ = try journal.lease(job: id, shard: shard, attempt: 1, at: 1) }
    try shop.makeFolder(folder.shards)
    try shop.makeFolder("\(folder.temporary(shard: 1, attempt: 1))/x")
    try JSONEncoder().encode(
      ShardReport(
        shard: 0, attempt: 1, itemsDone: 2, itemsFailed: 0, itemsSkipped: 0, files: [],
        stages: [], seconds: 1, peakMemoryBytes: 1)
    ).write(to: URL(filePath: folder.done(shard: 0)))
    let orphan = try WorkerProcess.start(
      WorkerLaunch(
        executable: "/bin/sh", arguments: ["-c", "sleep 100 & wait"],
        environment: [OrphanWorker.jobVariable: id.text], standardError: "/dev/null"))
    try journal.noteWorker(
      job: id, shard: 1, attempt: 1, processID: Int(orphan.pid), startTicks: orphan.startTicks,
      bootID: ProcessTable.bootID)

    let supervisor = try shop.supervisor(worker: "echo $number.$attempt >> $job/ran; publish 2 0")
    try supervisor.recover()
    #expect(ProcessTable.living(inSession: orphan.pid).isEmpty)
    #expect(supervisor.jobs[id]?.state == .queued)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    let result = try shop.result(id)
    #expect(result.state == .succeeded)
    #expect(result.itemsDone == 6)
    #expect(result.failedAttempts.isEmpty)
    #expect(try shop.lines("\(folder.path)/ran").sorted() == ["1.2", "2.1"])
    #expect(access(folder.temporary, F_OK) != 0)
  }

  @Test func aJobWhoseShardsAreAllPublishedOnlyEnds() throws {
    let shop = try Workshop()
    let plan = shop.plan(items: 2)
    let id = try shop.makeJob(plan)
    let folder = shop.spool.job(id)
    _ = try shop.ledger.insert(id, plan: plan, folder: folder, isHeld: false)
    try shop.makeFolder(folder.shards)
    try JSONEncoder().encode(
      ShardReport(
        shard: 0, attempt: 1, itemsDone: 2, itemsFailed: 0, itemsSkipped: 0, files: [],
        stages: [], seconds: 1, peakMemoryBytes: 1)
    ).write(to: URL(filePath: folder.done(shard: 0)))
    let supervisor = try shop.supervisor(worker: "exit 9")
    try supervisor.recover()
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .succeeded)
  }

  @Test func aPauseOutlivesTheDaemon() throws {
    let shop = try Workshop()
    let id = try shop.submit(shop.plan(items: 2), to: try shop.supervisor(worker: "exit 9"))
    let journal = try Journal(spool: shop.spool)
    try journal.record(.paused, job: id, message: "paused by ann", at: 1)
    let supervisor = try shop.supervisor(worker: "publish 2 0")
    try supervisor.recover()
    #expect(supervisor.isIdle)
    #expect(supervisor.jobs[id]?.state == .paused)
  }

  @Test func aPauseForRoomEndsWhenThereIsSome() throws {
    let shop = try Workshop()
    let id = try shop.submit(shop.plan(items: 2), to: try shop.supervisor(worker: "exit 9"))
    let need = DiskNeed(folder: shop.root, freeBytes: 1, neededBytes: 2)
    try Journal(spool: shop.spool).record(
      .paused, job: id, message: need.sentence, waitsForRoom: true, at: 1)
    let supervisor = try shop.supervisor(worker: "publish 2 0")
    try supervisor.recover()
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .succeeded)
  }

  /// A worker had written why no attempt can succeed, and the daemon died before it read that.
  @Test func aFaultOfTheJobThatWasWrittenIsNotRunAgain() throws {
    let shop = try Workshop()
    let journal = try Journal(spool: shop.spool)
    let plan = shop.plan(items: 2)
    let id = try shop.submit(plan, to: try shop.supervisor(worker: "exit 9"))
    let folder = shop.spool.job(id)
    _ = try journal.lease(job: id, shard: 0, attempt: 1, at: 1)
    try shop.makeFolder(folder.logs(shard: 0, attempt: 1))
    try JSONEncoder().encode(AttemptFailure(kind: .config, stage: "work", message: "no such thing"))
      .write(to: URL(filePath: folder.failure(shard: 0, attempt: 1)))
    let supervisor = try shop.supervisor(worker: "touch $job/ran; publish 2 0")
    try supervisor.recover()
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    let result = try shop.result(id)
    #expect(result.state == .failed)
    #expect(result.message == "shard 0: stage 'work': no such thing")
    #expect(result.failedAttempts.map(\.failure.kind) == [.config])
    #expect(access("\(folder.path)/ran", F_OK) != 0)
  }

  /// What was asked is done by the next daemon, whatever became of the request's file.
  @Test(arguments: [JobWish.cancel(by: "ann"), .pause(by: "ann")])
  func aWishOutlivesTheDaemon(wish: JobWish) throws {
    let shop = try Workshop()
    let id = try shop.submit(shop.plan(items: 2), to: try shop.supervisor(worker: "exit 9"))
    try Journal(spool: shop.spool).setWish(wish, of: id, at: 1)
    let supervisor = try shop.supervisor(worker: "touch $job/ran; publish 2 0")
    try supervisor.recover()
    try shop.drive(supervisor) { supervisor.isIdle }
    let row = try #require(try Journal(spool: shop.spool).reader.job(id))
    switch wish {
    case .cancel: #expect(row.state == .cancelled && row.message == "cancelled by ann")
    case .pause: #expect(row.state == .paused && row.message == "paused by ann")
    case .retry: Issue.record("not asked for")
    }
    #expect(row.wish == nil)
    #expect(access("\(shop.spool.job(id).path)/ran", F_OK) != 0)
  }
}
