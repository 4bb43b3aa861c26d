import FoundationEssentials
import Glibc
import JobModel
import Supervision
import LatticeDriver
import Testing

/// Stages that do harm, in the real worker: the job says which item and why, and the rest is done.
@Suite(.blocking) struct TroubleTests {
  private func spec(_ what: String, item: Int) -> String {
    """
    version: 1
    name: trouble
    input: { n: { count: 8 } }
    stages:
      - { id: bad, use: trouble.make@1, params: { do: \(what), item: \(item) } }
    shards: { items: 4 }
    limits: { stall: 500ms, memory: 256MiB }
    retry: { attempts: 2, backoff: 10ms..20ms }
    errors: { max_failed_items: 1 }
    """
  }

  private func processes(of job: JobID) throws -> [String] {
    let mark = Array("\(OrphanWorker.jobVariable)=\(job)".utf8)
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard let pid = Int32(name), ProcessTable.entry(pid)?.isZombie == false,
        let data = FileManager.default.contents(atPath: "/proc/\(pid)/environ")
      else { return false }
      return data.split(separator: 0).contains { $0.elementsEqual(mark) }
    }
  }

  @Test(arguments: [
    ("crash", ["crashed"], "the worker was ended by SIGSEGV"),
    ("abort", ["crashed"], "the worker was ended by SIGABRT"),
    ("hang", ["stalled"], "showed no progress for 0.5 s"),
    ("leave", ["stalled"], "showed no progress for 0.5 s"),
    ("leak", ["no-memory", "stalled"], ""),
  ])
  func oneItemIsQuarantinedAndTheRestIsDone(
    what: String, kinds: [String], message: String
  ) throws {
    let shop = try DaemonShop.withTrouble()
    try shop.drop("job", text: spec(what, item: 5))
    #expect(try shop.runToEnd() == .code(0))
    let result = try #require(shop.results.first, "\(shop.talk)")
    #expect(result.state == .partial, "\(shop.talk)")
    #expect(result.itemsDone == 7)
    #expect(result.failedAttempts.map(\.attempt) == [1, 2])
    for attempt in result.failedAttempts {
      let failure = attempt.failure
      #expect(kinds.contains(failure.kind.rawValue), "\(failure)")
      #expect(failure.stage == "bad")
      #expect(failure.item == 5)
      #expect(failure.message.hasPrefix(message), "\(failure.message)")
      #expect(failure.plugin?.hasPrefix("trouble.stage.so ") == true)
    }
    if what == "crash" {
      #expect(result.failedAttempts.first?.failure.stack.first == "trouble_crash")
    }
    #expect(try processes(of: result.id).isEmpty)
  }

  @Test func aStageThatCrashesOnEverythingFailsTheJob() throws {
    let shop = try DaemonShop.withTrouble()
    try shop.drop("job", text: spec("crash", item: -1))
    #expect(try shop.runToEnd() == .code(0))
    let result = try #require(shop.results.first, "\(shop.talk)")
    #expect(result.state == .failed)
    #expect(result.message?.hasPrefix("stage 'bad' ended its worker on 3 different items") == true)
  }
}
