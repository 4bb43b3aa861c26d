import DurableFiles
import FoundationEssentials
import GRDB
import Glibc
import JobModel
import LatticeDriver
import Supervision
import Testing

/// Jobs of a hundred thousand shards, and the built daemon: no step on them takes long, and a kill in the middle costs
/// nothing.
@Suite(.blocking) struct ManyShardsTests {
  private static let count = 100_000

  private func spec(_ name: String, shards: Int, isHeld: Bool) -> String {
    """
    version: 1
    name: \(name)
    input: { n: { count: \(shards) } }
    stages:
      - { id: work, use: fake.work@1 }
    shards: { items: 1 }
    retry: { attempts: 1 }
    hold: \(isHeld)
    """
  }

  private func lattice(_ shop: DaemonShop, _ arguments: String...) throws -> WorkerExit? {
    let process = try WorkerProcess.start(
      WorkerLaunch(
        executable: "\(try DaemonShop.products)/lattice",
        arguments: arguments + ["--spool", shop.spool.path], environment: [:],
        standardError: "\(shop.root)/commands"))
    return try shop.waitForEnd(of: process, seconds: 120)
  }

  /// Makes the job look as if every shard of it had run and failed.
  private func fail(_ id: JobID, _ shop: DaemonShop) throws {
    let folder = shop.spool.job(id)
    let database = try DatabaseQueue(path: shop.spool.database)
    try database.write { database in
      try database.execute(
        sql: """
          WITH RECURSIVE counted(number) AS (
            SELECT 0 UNION ALL SELECT number + 1 FROM counted WHERE number + 1 < ?1)
          INSERT OR REPLACE INTO shard (job, number, state, attempts, items_failed)
          SELECT ?2, number, 'done', 1, 1 FROM counted
          """, arguments: [Self.count, id.text])
      try database.execute(
        sql: """
          UPDATE job SET state = 'failed', message = NULL, started_ms = 1, ended_ms = 2, items_failed = ? WHERE id = ?
          """, arguments: [Self.count, id.text])
    }
    mkdir(folder.shards, 0o755)
    for shard in 0..<Self.count {
      close(open(folder.done(shard: shard), O_WRONLY | O_CREAT, 0o644))
    }
    try Data("{}".utf8).write(to: URL(filePath: folder.result))
  }

  @Test func noStepHoldsTheLoop() throws {
    let shop = try DaemonShop(run: Workshop.obedient)
    try shop.drop("big", text: spec("big", shards: Self.count, isHeld: true))
    let first = try shop.start()
    try shop.wait("the job is in", seconds: 300) {
      shop.talk.contains("'big' from big.yaml: \(Self.count) items in \(Self.count) shards, held")
    }
    first.signalLeader(SIGTERM)
    _ = try shop.waitForEnd(of: first)
    let inserting = try #require(DaemonStatus.read(shop.spool)).loop
    #expect(inserting.longestProcessorMilliseconds < LoopBound.milliseconds, "\(inserting)")
    let id = try #require(shop.jobs.first)
    try fail(id, shop)
    let daemon = try shop.start()
    #expect(try lattice(shop, "retry", "big") == .code(0))
    let sentence = "asks for another try: \(Self.count) of \(Self.count) shards"
    try shop.wait("all shards are queued again", seconds: 300) { shop.talk.contains(sentence) }
    let folder = shop.spool.job(id)
    let left = try Files.names(in: folder.shards).count { $0.hasSuffix(".done") }
    #expect(left == 0)
    try shop.wait("workers run", seconds: 120) { isRunning(id, shop) }
    #expect(try lattice(shop, "pause", "big") == .code(0))
    daemon.signalLeader(SIGTERM)
    _ = try shop.waitForEnd(of: daemon)
    let retrying = try #require(DaemonStatus.read(shop.spool)).loop
    #expect(retrying.longestProcessorMilliseconds < LoopBound.milliseconds, "\(retrying)")
    // Taking the job up again, with all its rows.
    let third = try shop.start()
    #expect(try lattice(shop, "resume", "big") == .code(0))
    try shop.wait("workers run", seconds: 120) { isRunning(id, shop) }
    third.signalLeader(SIGTERM)
    _ = try shop.waitForEnd(of: third)
    let recovering = try #require(DaemonStatus.read(shop.spool)).loop
    #expect(recovering.longestProcessorMilliseconds < LoopBound.milliseconds, "\(recovering)")
  }

  private func isRunning(_ id: JobID, _ shop: DaemonShop) -> Bool {
    guard let database = try? DatabaseQueue(path: shop.spool.database) else { return false }
    let state = try? database.read {
      try String.fetchOne($0, sql: "SELECT state FROM job WHERE id = ?", arguments: [id.text])
    }
    return state == "running"
  }

  /// The first run fails everywhere; the second begins while the daemon is killed.
  @Test(arguments: [
    "supervisor.retried-job:1", "supervisor.took-back-shards:1", "supervisor.took-back-shards:2",
    "supervisor.took-back-shards:3",
  ])
  func aRetryThatWasKilledIsFinished(place: String) throws {
    let shop = try DaemonShop(
      run: "echo $number >> $job/ran; [ -e $job/../../../better ] || publish 0 1; publish 1 0")
    try shop.drop("job", text: spec("job", shards: 150, isHeld: false))
    #expect(try shop.waitForEnd(of: try shop.start(["--drain"]), seconds: 180) == .code(0))
    let id = try #require(shop.jobs.first)
    #expect(shop.results.first?.itemsFailed == 150, "\(shop.talk)")
    try Data().write(to: URL(filePath: "\(shop.root)/better"))
    let killed = try shop.start(environment: ["LATTICE_KILL_AT": place])
    _ = try lattice(shop, "retry", "job")
    #expect(try shop.waitForEnd(of: killed, seconds: 60) == .signal(SIGKILL))
    #expect(try shop.waitForEnd(of: try shop.start(["--drain"]), seconds: 180) == .code(0))
    let result = try #require(shop.results.first)
    #expect(result.state == .succeeded && result.itemsDone == 150, "\(shop.talk)")
    let ran = try String(
      contentsOf: URL(filePath: "\(shop.spool.job(id).path)/ran"), encoding: .utf8)
    let times = Dictionary(ran.split(separator: "\n").map { ($0, 1) }, uniquingKeysWith: +)
    #expect(times.count == 150 && times.values.allSatisfy { $0 == 2 }, "each shard runs twice")
    #expect(shop.results.count == 1)
  }
}
