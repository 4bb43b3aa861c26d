import Glibc
import FileNames
import JobModel
import Supervision
import Synchronization
import LatticeDriver
import Testing

/// A supervisor with real processes, whose worker is a script.
@Suite(.blocking) struct SupervisorTests {
  private func run(
    _ script: String, _ plan: (Workshop) -> JobPlan
  ) throws -> (result: JobResult, shop: Workshop) {
    let shop = try Workshop()
    let supervisor = try shop.supervisor(worker: script)
    let id = try shop.submit(plan(shop), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    return (try shop.result(id), shop)
  }

  private func attempts(_ result: JobResult) -> [String] {
    result.failedAttempts.map {
      "\($0.shard).\($0.attempt) \($0.failure.kind.rawValue) \($0.failure.itemID?.shown ?? "-")"
    }
  }

  @Test func allShardsPublished() throws {
    let (result, _) = try run("publish 2 0") { $0.plan(items: 6) }
    #expect(result.state == .succeeded)
    #expect(result.message == nil)
    #expect(result.itemsDone == 6)
    #expect(result.itemsTotal == 6)
    #expect(result.stages == [StageTiming(stage: "work", items: 6, calls: 3, seconds: 1.5)])
    #expect(result.failedAttempts.isEmpty)
    #expect(result.startedMilliseconds != nil)
  }

  @Test func aJobWithoutItemsSucceeds() throws {
    let (result, _) = try run("exit 9") { $0.plan(items: 0) }
    #expect(result.state == .succeeded)
  }

  @Test func failedItemsWithinTheAllowanceArePartial() throws {
    let script = """
      [ $number = 1 ] || publish 2 0
      echo '{"item":3,"id":"3.png","stage":"work","reason":"bad","isQuarantined":false}' \
        > $job/shards/$shard.failed.jsonl
      publish 1 1
      """
    let (partial, shop) = try run(script) { $0.plan(items: 6, allowance: .count(1)) }
    #expect(partial.state == .partial)
    #expect(partial.message == "1 of 6 items failed")
    let lines = try shop.lines(shop.spool.job(partial.id).failedItems)
    #expect(lines.count == 1 && lines.first?.contains(#""id":"3.png""#) == true)
    let (failed, _) = try run(script) { $0.plan(items: 6) }
    #expect(failed.state == .failed)
    #expect(failed.message == "1 of 6 items failed; 'errors.max_failed_items' allows none")
  }

  @Test func anItemThatCrashesTwiceIsQuarantinedAndTheRestGoOn() throws {
    let script = """
      quarantine=$job/shards/$shard.quarantine.jsonl
      if [ $number = 1 ] && ! grep -qs '"item":3' $quarantine; then
        [ -n "$one" ] || fail crashed
        fail crashed 3
      fi
      [ $number = 1 ] || publish 2 0
      cp $quarantine $job/shards/$shard.failed.jsonl
      publish 1 1
      """
    let (result, shop) = try run(script) { $0.plan(items: 6, allowance: .count(1)) }
    #expect(result.state == .partial)
    #expect(attempts(result) == ["1.1 crashed -", "1.2 crashed 3.png", "1.3 crashed 3.png"])
    #expect(result.failedAttempts.first?.failure.plugin == "w.stage.so ab")
    let line = try #require(try shop.lines(shop.spool.job(result.id).failedItems).first)
    #expect(line.contains(#""isQuarantined":true"#))
  }

  @Test func threeItemsThatCrashOneStageFailTheJob() throws {
    let (result, _) = try run(
      "[ -e $job/shards/$shard.quarantine.jsonl ] && publish 0 1; fail crashed $number"
    ) { $0.plan(items: 3, perShard: 1) }
    #expect(result.state == .failed)
    #expect(
      result.message == "stage 'work' ended its worker on 3 different items "
        + "('0.png', '1.png', '2.png'): the stage is at fault, not the items")
  }

  @Test(arguments: ["config", "internal"])
  func theStagesOwnFaultIsNotRetried(kind: String) throws {
    let (result, _) = try run("fail \(kind)") { $0.plan(items: 2) }
    #expect(result.state == .failed)
    #expect(result.message == "shard 0: stage 'work': as told")
    #expect(attempts(result) == ["0.1 \(kind) -"])
  }

  @Test func aPassingFaultIsTriedAgain() throws {
    let (result, _) = try run("[ $attempt = 3 ] || fail transient; publish 2 0") {
      $0.plan(items: 2)
    }
    #expect(result.state == .succeeded)
    #expect(attempts(result) == ["0.1 transient -", "0.2 transient -"])
  }

  @Test func aSignalIsNamed() throws {
    let (result, shop) = try run(
      #"[ -n "$one" ] && publish 2 0; echo "last words" >&2; kill -SEGV $$"#
    ) { $0.plan(items: 2) }
    #expect(result.state == .succeeded)
    let failure = try #require(result.failedAttempts.first?.failure)
    #expect(failure.signal == "SIGSEGV")
    #expect(failure.message == "the worker was ended by SIGSEGV; its last words: last words")
    let page = try shop.lines(shop.spool.job(result.id).crash(shard: 0, attempt: 1))
    #expect(page.contains("Signal: SIGSEGV"))
    #expect(page.contains("  last words"))
  }

  @Test func leavingWithoutAWordIsACrash() throws {
    let (result, _) = try run("echo oh dear; exit 3") { $0.plan(items: 2) }
    #expect(
      result.message
        == "shard 0 failed 3 times, and 'retry.attempts' is 3; the last time: the worker left "
        + "with exit code 3 before it was done; its last words: oh dear")
  }

  @Test func tooMuchMemoryIsNamed() throws {
    let (result, _) = try run("sleep 60") { shop in
      var plan = shop.plan(items: 2)
      plan.limits.memoryBytes = 1024
      plan.retry.attempts = 1
      return plan
    }
    #expect(result.state == .failed)
    #expect(attempts(result) == ["0.1 no-memory -", "0.2 no-memory -"])
    let message = try #require(result.failedAttempts.first?.failure.message)
    #expect(message.hasPrefix("used ") && message.hasSuffix(" of its 1 KiB limit"), "\(message)")
  }

  @Test func aHungWorkerIsEnded() throws {
    let (result, _) = try run("[ $attempt = 2 ] && publish 2 0; sleep 60 & wait") { shop in
      var plan = shop.plan(items: 2)
      plan.limits.stallSeconds = 0.3
      return plan
    }
    #expect(result.state == .succeeded)
    #expect(attempts(result) == ["0.1 stalled -"])
    #expect(result.failedAttempts.first?.failure.message == "showed no progress for 0.3 s")
  }

  @Test func theReducingShardComesLast() throws {
    let script = """
      [ $number = 2 ] && { ls $job/shards | grep -c done > $job/seen; publish 0 0; }
      publish 2 0
      """
    let (result, shop) = try run(script) { $0.plan(items: 4, reduces: true) }
    #expect(result.state == .succeeded)
    #expect(result.itemsDone == 4)
    #expect(try shop.lines("\(shop.spool.job(result.id).path)/seen") == ["2"])
  }

  @Test func aFullDiskPausesAndGoesOnByItself() throws {
    let shop = try Workshop()
    let free = Mutex(1 << 20)
    let supervisor = try shop.supervisor(
      worker: "[ -e $job/room ] && publish 2 0; touch $job/room; fail no-space",
      freeBytes: { _ in free.withLock { $0 } })
    let id = try shop.submit(shop.plan(items: 2), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs[id]?.state == .paused }
    let need = try #require(supervisor.jobs[id]?.diskNeed)
    #expect(
      need.sentence
        == "the disk of '\(shop.root)/out' is full: 1 MiB free, 5 MiB needed; "
        + "free 4 MiB more and the job goes on by itself")
    #expect(!supervisor.isIdle)
    for _ in 0..<5 {
      usleep(20_000)
      supervisor.tick(at: .now)
      #expect(supervisor.jobs[id]?.state == .paused)
    }
    free.withLock { $0 = 6 << 20 }
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    let result = try shop.result(id)
    #expect(result.state == .succeeded)
    #expect(attempts(result) == ["0.1 no-space -"])
  }

  @Test func aJobWaitsForTheReserve() throws {
    let shop = try Workshop()
    let free = Mutex(10)
    let supervisor = try shop.supervisor(
      worker: "publish 2 0", diskReserveBytes: 100, freeBytes: { _ in free.withLock { $0 } })
    let id = try shop.submit(shop.plan(items: 2), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs[id]?.state == .paused }
    #expect(supervisor.jobs[id]?.diskNeed?.neededBytes == 100)
    free.withLock { $0 = 100 }
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .succeeded)
  }

  /// The spool and the results may be on different disks, and each must have room.
  @Test(arguments: [true, false]) func eachDiskMustHaveRoom(isOutput: Bool) throws {
    let shop = try Workshop()
    let free = Mutex(10)
    let output = "\(shop.root)/out"
    let supervisor = try shop.supervisor(
      worker: "publish 2 0", diskReserveBytes: 100,
      freeBytes: { ($0 == output) == isOutput ? free.withLock { $0 } : 1 << 40 })
    let id = try shop.submit(shop.plan(items: 2), to: supervisor)
    try shop.drive(supervisor) { supervisor.jobs[id]?.state == .paused }
    let folder = supervisor.jobs[id]?.diskNeed?.folder
    #expect(folder == (isOutput ? output : shop.spool.job(id).path))
    free.withLock { $0 = 100 }
    try shop.drive(supervisor) { supervisor.jobs.isEmpty }
    #expect(try shop.result(id).state == .succeeded)
  }

  @Test func slotsAreNeverExceeded() throws {
    let shop = try Workshop()
    let supervisor = try shop.supervisor(worker: "sleep 0.01; publish 1 0", slots: 3)
    var threadsOf: [JobID: Int] = [:]
    for threads in [1, 2, 1] {
      var plan = shop.plan(items: 4, perShard: 1)
      plan.limits.threads = threads
      threadsOf[try shop.submit(plan, to: supervisor)] = threads
    }
    var most = 0
    try shop.drive(supervisor) {
      most = max(most, supervisor.attempts.reduce(0) { $0 + (threadsOf[$1.key.job] ?? 0) })
      return supervisor.jobs.isEmpty
    }
    #expect(most == 3)
  }
}
