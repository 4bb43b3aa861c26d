import Foundation
import JobModel
import LatticeDriver
import Testing

/// Threads and slots: what `cpus:` allows is used, and no more than that.
@Suite(.blocking) struct ThreadUseTests {
  private func daemon(_ names: [String] = ["busy"]) throws -> Daemon {
    let daemon = try Daemon()
    let plugins = daemon.root.appending(path: "plugins")
    for name in names { try TroublePlugins.compile(name, into: plugins) }
    try FileManager.default.createDirectory(
      at: daemon.root.appending(path: "seen"), withIntermediateDirectories: true)
    try daemon.start(["--plugins", plugins.path()])
    return daemon
  }

  /// As many rounds of a loop run at once as the budget says, which is `cpus:`.
  @Test(arguments: [1, 2, 3]) func loopsUseTheWholeBudget(cpus: Int) throws {
    let daemon = try daemon()
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: 2 } }
      stages:
        - { id: make, use: busy.make@1 }
        - { id: loop, use: busy.loop@1, in: { image: make.image } }
        - { id: save, use: tensor.write@1, in: { tensor: loop.image }, params: { name: "{item.number}.npy" } }
      limits: { cpus: \(cpus), batch: 2, stall: 5m }
      """)
    let result = try #require(try daemon.waitForResults(1, seconds: 200).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")")
    let path = daemon.spool.job(result.id).itemMetadata(shard: 0)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(
      lines.map(String.init)
        == (0..<2).map { #"{"metadata":{"budget":\#(cpus),"most":\#(cpus)},"number":\#($0)}"# })
  }

  /// A source, a stage that takes several batches at once and the writer share the budget.
  @Test func callsUnderWayKeepToTheBudget() throws {
    let daemon = try daemon()
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: 24 } }
      stages:
        - { id: make, use: busy.make@1 }
        - { id: work, use: busy.work@1, in: { image: make.image } }
        - { id: more, use: busy.work@1, in: { image: work.image } }
        - { id: save, use: tensor.write@1, in: { tensor: more.image }, params: { name: "{item.number}.npy" } }
      limits: { cpus: 2, batch: 1 }
      """)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")")
  }

  private func spec(_ name: String, _ stage: String, _ daemon: Daemon, cpus: Int) -> String {
    """
    version: 1
    name: \(name)
    input: { n: { count: 1 } }
    stages:
      - { id: make, use: busy.make@1 }
      - { id: see, use: \(stage)@1, in: { image: make.image }, params: { folder: \(daemon.root.appending(path: "seen").path(percentEncoded: false)) } }
      - { id: save, use: tensor.write@1, in: { tensor: see.image } }
    limits: { cpus: \(cpus), stall: 5m }
    """
  }

  /// The daemon has two slots: two jobs of one thread run at once, of two threads one after the other.
  @Test func slotsAreThreads() throws {
    let daemon = try daemon()
    for name in ["a", "b"] {
      try daemon.drop("\(name).yaml", spec(name, "busy.pair", daemon, cpus: 1))
    }
    for result in try daemon.waitForResults(2, seconds: 200) {
      #expect(result.state == .succeeded, "\(result.message ?? "")")
    }
    for name in ["c", "d", "e"] {
      try daemon.drop("\(name).yaml", spec(name, "busy.alone", daemon, cpus: 2))
    }
    for result in try daemon.waitForResults(5) {
      let failed = try String(
        contentsOfFile: daemon.spool.job(result.id).failedItems, encoding: .utf8)
      #expect(result.state == .succeeded, "\(failed)")
    }
  }

  @Test func memoryOfTheHostIsCounted() throws {
    let daemon = try daemon(["busy", "alloc"])
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: 2 } }
      stages:
        - { id: make, use: busy.make@1 }
        - { id: try, use: alloc.try@1, in: { image: make.image } }
        - { id: save, use: tensor.write@1, in: { tensor: try.image }, params: { name: "{item.number}.npy" } }
      limits: { memory: 256MiB, batch: 1 }
      errors: { max_failed_items: 1 }
      """)
    let result = try #require(try daemon.waitForResults(1).first)
    let failed = try String(
      contentsOfFile: daemon.spool.job(result.id).failedItems, encoding: .utf8)
    #expect(result.state == .succeeded, "\(failed)")
  }
}
