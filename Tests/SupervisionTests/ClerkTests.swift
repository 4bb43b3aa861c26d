import DurableFiles
import Foundation
import Glibc
import JobModel
import Supervision
import LatticeDriver
import Testing

/// What clerks of a real `latticed` find in their way; a script stands in for plugins and worker.
@Suite(.blocking) struct ClerkTests {
  /// Puts something before what the worker does.
  private func prepend(_ line: String, to shop: DaemonShop) throws {
    let url = URL(filePath: shop.worker)
    let text = try String(contentsOf: url, encoding: .utf8)
    try Data(text.replacing("#!/bin/sh\n", with: "#!/bin/sh\n\(line)\n").utf8).write(to: url)
  }

  /// A process that is killed from outside says nothing about the spec: it waits, and says so.
  @Test func aPassingFaultIsWaitedFor() throws {
    let shop = try DaemonShop(run: "publish 2 0")
    try prepend("[ $1 != check ] || [ -e \(shop.root)/mended ] || kill -KILL $$", to: shop)
    try shop.drop("job")
    let daemon = try shop.start()
    try shop.wait("the daemon tells what it waits for") {
      DaemonStatus.read(shop.spool)?.specs.first?.reason != nil
    }
    let spec = try #require(DaemonStatus.read(shop.spool)?.specs.first)
    #expect(spec.name == "job.yaml")
    #expect(
      spec.reason
        == "'job.yaml' can't be planned now: the process that checked the stages was killed from outside"
    )
    #expect(try FileManager.default.contentsOfDirectory(atPath: shop.spool.rejected).isEmpty)
    try Data().write(to: URL(filePath: "\(shop.root)/mended"))
    try shop.wait("the job has ended", seconds: 60) { shop.results.count == 1 }
    #expect(shop.results.first?.state == .succeeded, "\(shop.talk)")
    daemon.signalLeader(SIGTERM)
    #expect(try shop.waitForEnd(of: daemon) == .code(0))
    #expect(try Files.names(in: shop.spool.temporary).allSatisfy { !$0.hasPrefix("lattice-child") })
  }

  /// A job that can't be summed up ends all the same, and says why there is no report.
  @Test func aJobThatCantBeSummedUpEnds() throws {
    let shop = try DaemonShop(run: "mkfifo $job/shards/$shard.failed.jsonl; publish 2 0")
    try shop.drop("job", items: 2)
    #expect(try shop.runToEnd() == .code(0))
    let pipe = "\(shop.spool.job(try #require(shop.jobs.first)).path)/shards/0000.failed.jsonl"
    let reason = "left with exit code 1: can't read '\(pipe)': it is a named pipe, not a file"
    #expect(shop.talk.contains("summing it up failed, 3 of 3 times: its process \(reason)"))
    #expect(
      shop.talk.contains("it could not be summed up: the process that did it \(reason)"),
      "\(shop.talk)")
    #expect(shop.results.isEmpty)
  }

  /// The longest step is said to whoever asks, with what it was for.
  @Test func theDaemonTellsHowLongItsStepsTake() throws {
    let shop = try DaemonShop(run: "publish 2 0")
    try shop.drop("job")
    #expect(try shop.runToEnd() == .code(0))
    let status = try #require(DaemonStatus.read(shop.spool))
    #expect(status.processID > 0)
    #expect(status.loop.longestMilliseconds >= status.loop.longestProcessorMilliseconds - 1)
    #expect(
      ["signals", "plugins", "specs and requests", "jobs and workers", "status"].contains(
        status.loop.longestPart), "\(status)")
  }
}
