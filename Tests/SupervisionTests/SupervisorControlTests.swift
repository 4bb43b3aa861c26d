import GRDB
import Glibc
import JobModel
import Journal
import Supervision
import LatticeDriver
import Testing

/// What people ask of jobs, with real processes.
@Suite(.blocking) struct SupervisorControlTests {
  /// Starts a job whose worker never ends by itself and waits until its first worker runs.
  private func started(
    _ script: String, in shop: Workshop
  ) throws -> (supervisor: Supervisor, id: JobID) {
    let supervisor = try shop.supervisor(worker: script)
    let id = try shop.submit(shop.plan(items: 4), to: supervisor)
    let mark = "\(shop.spool.job(id).path)/started"
    try shop.drive(supervisor) { access(mark, F_OK) == 0 }
    return (supervisor, id)
  }

  private func ask(_ action: ControlRequest.Action, _ supervisor: Supervisor, _ id: JobID) {
    supervisor.apply(ControlRequest(job: id, action: action, requester: "ann"), at: .now)
  }

  /// A worker that heeds neither flag nor SIGTERM, with a child that does not either.
  private static let stubborn = """
    trap '' TERM; (trap '' TERM; sleep 100) &
    touch $job/started; while :; do sleep 0.05; done
    """

  @Test func cancelLeavesNothingAlive() throws {
    let shop = try Workshop()
    let (supervisor, id) = try started(Self.stubborn, in: shop)
    let sessions = supervisor.attempts.map(\.process.pid)
    #expect(!sessions.isEmpty)
    ask(.cancel, supervisor, id)
    #expect(supervisor.jobs[id]?.state == .running, "not before all are dead")
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    for session in sessions { #expect(ProcessTable.living(inSession: session).isEmpty) }
    let result = try shop.result(id)
    #expect(result.state == .cancelled)
    #expect(result.message == "cancelled by ann")
  }

  @Test func pauseStopsAndResumeGoesOn() throws {
    let shop = try Workshop()
    let script = """
      [ -e $job/go ] && publish 2 0
      touch $job/started; while :; do sleep 0.05; done
      """
    let (supervisor, id) = try started(script, in: shop)
    ask(.pause, supervisor, id)
    try shop.drive(supervisor) { supervisor.jobs[id]?.state == .paused }
    #expect(supervisor.attempts.isEmpty)
    #expect(supervisor.isIdle)
    try shop.touch("\(shop.spool.job(id).path)/go")
    ask(.resume, supervisor, id)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    let result = try shop.result(id)
    #expect(result.state == .succeeded)
    #expect(result.failedAttempts.allSatisfy { $0.failure.kind == .cancelled })
  }

  @Test func aPausedJobCanBeCancelled() throws {
    let shop = try Workshop()
    let (supervisor, id) = try started(Self.stubborn, in: shop)
    ask(.pause, supervisor, id)
    try shop.drive(supervisor) { supervisor.jobs[id]?.state == .paused }
    ask(.cancel, supervisor, id)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .cancelled)
  }

  @Test func retryKeepsWhatWasDone() throws {
    let shop = try Workshop()
    let script = """
      echo $number >> $job/ran
      [ $number = 0 ] || [ -e $job/better ] || publish 1 1
      publish 2 0
      """
    let supervisor = try shop.supervisor(worker: script)
    let id = try shop.submit(shop.plan(items: 6), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .failed)
    try shop.touch("\(shop.spool.job(id).path)/better")
    ask(.retry(failedOnly: true), supervisor, id)
    #expect(supervisor.jobs[id]?.state == .queued)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    let result = try shop.result(id)
    #expect(result.state == .succeeded)
    #expect(result.itemsDone == 6)
    #expect(try shop.lines("\(shop.spool.job(id).path)/ran").sorted() == ["0", "1", "1", "2", "2"])
  }

  @Test func priorityChangesTheOrder() throws {
    let shop = try Workshop()
    let supervisor = try shop.supervisor(
      worker: "echo ${job##*-} >> \(shop.root)/order; publish 1 0", slots: 1)
    let ids = try (0..<3).map { _ in
      try shop.submit(shop.plan(items: 1, perShard: 1), to: supervisor)
    }
    ask(.setPriority(5), supervisor, ids[2])
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.lines("\(shop.root)/order") == ["000003", "000001", "000002"])
  }

  @Test func stoppingTheDaemonInterruptsOnly() throws {
    let shop = try Workshop()
    let (supervisor, id) = try started(Self.stubborn, in: shop)
    supervisor.stop(at: .now)
    try shop.drive(supervisor) { supervisor.attempts.isEmpty }
    supervisor.recordInterruption()
    #expect(supervisor.jobs[id]?.state == .queued)
  }

  @Test func aJobThatSucceededRunsAgainOnlyAsAWhole() throws {
    let shop = try Workshop()
    let supervisor = try shop.supervisor(worker: "echo $number >> $job/ran; publish 2 0")
    let id = try shop.submit(shop.plan(items: 4), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    ask(.retry(failedOnly: true), supervisor, id)
    #expect(supervisor.jobs.isEmpty)
    let refusal = try Journal(spool: shop.spool).reader.events(of: id).last
    #expect(refusal?.kind == "refused")
    #expect(
      refusal?.text == "nothing of it failed; 'retry --everything' runs it again all the same")
    for file in ["state/work/step", "metrics/work.jsonl", "model.json"] {
      let path = "\(shop.spool.job(id).path)/\(file)"
      try shop.makeFolder(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
      try shop.touch(path)
    }
    ask(.retry(failedOnly: false), supervisor, id)
    // A task begins anew.
    try shop.drive(supervisor) {
      ["state", "metrics", "model.json"].allSatisfy {
        access("\(shop.spool.job(id).path)/\($0)", F_OK) != 0
      }
    }
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .succeeded)
    #expect(try shop.lines("\(shop.spool.job(id).path)/ran").sorted() == ["0", "0", "1", "1"])
  }

  /// Slots come back, and the daemon can leave, though nothing of the job can be recorded any more.
  @Test func attemptsOfAJobThatIsGoneAreDropped() throws {
    let shop = try Workshop()
    let (supervisor, id) = try started(Self.stubborn, in: shop)
    try shop.drive(supervisor) { supervisor.attempts.count == 2 }
    let database = try DatabaseQueue(path: shop.spool.database)
    try database.write { try $0.execute(sql: "DELETE FROM job") }
    for attempt in supervisor.attempts { attempt.process.killSession() }
    try shop.drive(supervisor) { supervisor.isIdle }
    #expect(supervisor.jobs[id] == nil)
    let next = try shop.submit(shop.plan(items: 2), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs[next]?.state == .running }
    supervisor.stop(at: .now)
    try shop.drive(supervisor) { supervisor.attempts.isEmpty }
  }

  /// A request whose effect can't be written down is not done and not forgotten.
  @Test func whatCanNotBeRecordedIsNotAcknowledged() throws {
    let shop = try Workshop()
    let (supervisor, id) = try started(
      Workshop.obedient.replacing("until", with: "touch $job/started; until"), in: shop)
    let database = try DatabaseQueue(path: shop.spool.database)
    try database.write { try $0.execute(sql: "ALTER TABLE job RENAME COLUMN wish TO other") }
    let request = ControlRequest(job: id, action: .cancel, requester: "ann")
    #expect(!supervisor.apply(request, at: .now))
    #expect(supervisor.jobs[id]?.intention == nil)
    try database.write { try $0.execute(sql: "ALTER TABLE job RENAME COLUMN other TO wish") }
    #expect(supervisor.apply(request, at: .now))
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .cancelled)
  }
}
