import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import JobQueue
import Journal
import Supervision
import LatticeDriver
import Testing

/// `latticed` as a process of its own, with a script for a worker.
@Suite(.blocking) struct DaemonProcessTests {
  /// Boundaries that the daemon passes, not the worker.
  static let boundaries = DurableBoundary.allNames.filter { !$0.hasPrefix("shard.") }

  /// Whether a run of one job with three shards, of which nobody asks anything, gets there so often.
  private static func isPassed(_ boundary: String, _ time: Int) -> Bool {
    let isAsked = ["control.", "gc.", "supervisor.retried", "supervisor.took"].contains {
      boundary.hasPrefix($0)
    }
    let isOfShards = ["supervisor.leased", "supervisor.recorded-shard"].contains(boundary)
    return !isAsked && (time == 1 || isOfShards)
  }

  @Test(arguments: boundaries, [1, 2])
  func killedAnywhereTheJobStillEndsOnce(boundary: String, time: Int) throws {
    let shop = try DaemonShop(run: "echo $number >> $job/ran; publish 2 0")
    try shop.drop("job")
    let first = try shop.runToEnd(environment: ["LATTICE_KILL_AT": "\(boundary):\(time)"])
    #expect(first == (Self.isPassed(boundary, time) ? .signal(SIGKILL) : .code(0)))
    if first == .signal(SIGKILL) { #expect(try shop.runToEnd() == .code(0)) }
    let results = shop.results
    #expect(results.count == 1, "\(shop.talk)")
    #expect(results.first?.state == .succeeded)
    #expect(results.first?.itemsDone == 6)
    #expect(results.first?.failedAttempts.isEmpty == true)
  }

  @Test func stopsItsWorkersAndGoesOnLater() throws {
    let shop = try DaemonShop(
      run: "[ $attempt = 1 ] || publish 2 0; touch $job/started\n" + Workshop.obedient)
    try shop.drop("job", items: 2)
    let first = try shop.start()
    try shop.wait("a worker runs") { shop.hasStarted }
    first.signalLeader(SIGTERM)
    #expect(try shop.waitForEnd(of: first) == .code(0))
    #expect(shop.results.isEmpty)
    #expect(try shop.runToEnd() == .code(0))
    #expect(shop.results.first?.state == .succeeded, "\(shop.talk)")
    #expect(shop.results.first?.failedAttempts.isEmpty == true)
  }

  @Test func theSecondSignalEndsItAtOnce() throws {
    let shop = try DaemonShop(run: "touch $job/started; exec sleep 60")
    try shop.drop("job", items: 2)
    let daemon = try shop.start()
    try shop.wait("a worker runs") { shop.hasStarted }
    daemon.signalLeader(SIGTERM)
    try shop.wait("the daemon has heard") { shop.talk.contains("asked to stop") }
    daemon.signalLeader(SIGTERM)
    #expect(try shop.waitForEnd(of: daemon, seconds: 5) == .code(1))
  }

  @Test func leavesAtOnceWhenNothingRuns() throws {
    let shop = try DaemonShop(run: "exit 9")
    let daemon = try shop.start()
    try shop.wait("it serves") { shop.talk.contains("serves") }
    daemon.signalLeader(SIGTERM)
    #expect(try shop.waitForEnd(of: daemon) == .code(0))
  }

  @Test func aSecondDaemonIsRefused() throws {
    let shop = try DaemonShop(run: "exit 9")
    let daemon = try shop.start()
    try shop.wait("it serves") { shop.talk.contains("serves") }
    #expect(try shop.runToEnd() == .code(1))
    #expect(
      shop.talk.contains(
        "spool '\(shop.spool.path)' is served by another latticed already, process \(daemon.pid); "
          + "stop that one or choose another --spool"))
  }

  @Test func aFaultySpecIsTurnedAway() throws {
    let shop = try DaemonShop(run: "exit 9")
    try shop.drop("bad", text: "version: 1\nname: bad\nstagse: []\n")
    #expect(try shop.runToEnd() == .code(0))
    let path = "\(shop.spool.rejected)/bad.yaml"
    let text = try String(contentsOf: URL(filePath: path + ".error.txt"), encoding: .utf8)
    #expect(text.contains("bad.yaml:3:1: error[E021]: unknown key 'stagse'"), "\(text)")
    #expect(text.hasSuffix("not queued.\n"))
    #expect(access(path, F_OK) == 0 && access(path + ".error.json", F_OK) == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: shop.spool.jobs).isEmpty)
  }

  @Test func requestsAreHeeded() throws {
    let shop = try DaemonShop(run: Workshop.obedient)
    try shop.drop("job")
    let daemon = try shop.start()
    try shop.wait("the job is there") { shop.jobs.count == 1 }
    let job = try #require(shop.jobs.first)
    try ControlFolder.handIn(
      ControlRequest(job: job, action: .cancel, requester: "ann"), to: shop.spool)
    try shop.wait("the job is cancelled") { shop.results.first?.state == .cancelled }
    daemon.signalLeader(SIGTERM)
    #expect(try shop.waitForEnd(of: daemon) == .code(0))
  }

  /// The daemon is killed the moment it has noted what is asked; the request itself is gone, too.
  @Test(arguments: [ControlRequest.Action.cancel, .pause])
  func whatIsAskedIsDurableBeforeItIsRemoved(action: ControlRequest.Action) throws {
    let shop = try DaemonShop(run: "touch $job/started\n" + Workshop.obedient)
    try shop.drop("job")
    let daemon = try shop.start(environment: ["LATTICE_KILL_AT": "control.noted-wish:1"])
    try shop.wait("a worker runs") { shop.hasStarted }
    let job = try #require(shop.jobs.first)
    try ControlFolder.handIn(
      ControlRequest(job: job, action: action, requester: "ann"), to: shop.spool)
    #expect(try shop.waitForEnd(of: daemon) == .signal(SIGKILL))
    for path in try ControlFolder.waiting(in: shop.spool) { try Files.removeTree(path) }
    #expect(try shop.runToEnd() == .code(0))
    let row = try #require(try Journal(spool: shop.spool).reader.job(job))
    #expect(row.state == (action == .cancel ? .cancelled : .paused), "\(shop.talk)")
  }

  @Test func aMissingJournalIsMadeAgainOfTheFolders() throws {
    let shop = try DaemonShop(run: "echo $number.$attempt >> $job/ran; publish 2 0")
    for name in ["one", "two"] { try shop.drop(name) }
    #expect(try shop.runToEnd() == .code(0))
    let held = """
      version: 1
      name: held
      hold: true
      input: { n: { count: 1 } }
      stages:
        - { id: work, use: fake.work@1 }
      """
    try shop.drop("held", text: held)
    #expect(try shop.runToEnd() == .code(0))
    for ending in ["", "-wal", "-shm"] { try Files.removeTree(shop.spool.database + ending) }
    try shop.drop("three")
    #expect(try shop.runToEnd() == .code(0))
    #expect(
      shop.talk.contains(
        "there was no journal; it was made again of 3 jobs from their folders: 2 ended, 0 queued again, 1 paused; "
          + "lost: events and times of earlier attempts; whether 1 job that had not ended had been paused, cancelled "
          + "or given another priority"), "\(shop.talk)")
    let rows = try Journal(spool: shop.spool).reader.jobs()
    #expect(
      rows.map(\.state).sorted { $0.rawValue < $1.rawValue } == [
        .paused, .succeeded, .succeeded, .succeeded,
      ])
    #expect(rows.filter { $0.state == .succeeded }.allSatisfy { $0.itemsDone == 6 })
  }

  @Test func aHeldSpecWaitsForSomebody() throws {
    let shop = try DaemonShop(run: "publish 1 0")
    let spec = """
      version: 1
      name: held
      hold: true
      input: { n: { count: 1 } }
      stages:
        - { id: work, use: fake.work@1 }
      """
    try shop.drop("held", text: spec)
    #expect(try shop.runToEnd() == .code(0))
    #expect(shop.results.isEmpty)
    let job = try #require(shop.jobs.first)
    try ControlFolder.handIn(
      ControlRequest(job: job, action: .resume, requester: "ann"), to: shop.spool)
    #expect(try shop.runToEnd() == .code(0))
    #expect(shop.results.first?.state == .succeeded, "\(shop.talk)")
  }

  @Test func aSubmitterNamesTheFolder() throws {
    let shop = try DaemonShop(run: "publish 1 0")
    let data = "\(shop.root)/data"
    mkdir(data, 0o755)
    try Data("x".utf8).write(to: URL(filePath: "\(data)/a.bin"))
    let spec = """
      version: 1
      name: job
      input: { files: { files: [a.bin] } }
      stages:
        - { id: work, use: fake.work@1 }
      """
    _ = try HandIn.submit(
      Array(spec.utf8), name: "job", origin: DropOrigin(base: data, submitter: "ann"),
      into: shop.spool)
    #expect(try shop.runToEnd() == .code(0))
    let result = try #require(shop.results.first, "\(shop.talk)")
    let plan = try JobPlanFile.read(shop.spool.job(result.id))
    #expect(plan.base == data)
  }

  /// Memory and descriptors after many failing jobs are what they were after a few.
  @Test func staysAsItIsOverManyCrashes() throws {
    let shop = try DaemonShop(run: "kill -SEGV $$")
    let daemon = try shop.start()
    func run(_ jobs: Range<Int>) throws -> (descriptors: Int, bytes: Int) {
      for number in jobs { try shop.drop("j\(number)", items: 1) }
      try shop.wait("all have ended") { shop.results.count == jobs.upperBound }
      // A pass under way holds a descriptor or two for a moment: the smallest of many looks is the daemon at rest.
      var open = Int.max
      for _ in 0..<40 {
        let now = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd")
        open = min(open, now.count)
        usleep(25_000)
      }
      return (open, ProcessTable.memory(of: daemon.pid)?.own ?? 0)
    }
    let before = try run(0..<10)
    let after = try run(10..<60)
    #expect(after.descriptors == before.descriptors)
    #expect(after.bytes < 80 << 20)
    #expect(shop.results.allSatisfy { $0.state == .failed && $0.failedAttempts.count == 2 })
  }
}
