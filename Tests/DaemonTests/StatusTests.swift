import FileNames
import Foundation
import JobModel
import LatticeDriver
import Testing

/// Each status that a call of a plugin may return, in a real worker under a real daemon: what becomes of item and job.
@Suite(.blocking) struct StatusTests {
  private static let sentence = "'process' was told to return "

  private func daemon() throws -> Daemon {
    let daemon = try Daemon()
    let plugins = daemon.root.appending(path: "plugins")
    for name in ["ramp", "status"] { try TroublePlugins.compile(name, into: plugins) }
    try daemon.start(["--plugins", plugins.path()])
    return daemon
  }

  /// Four items in one batch, of which one may fail; an attempt may be made twice.
  private func spec(
    _ name: String, call: String, status: Int, item: Int = 2, once: String = "", attempts: Int = 2,
    batch: Int = 4
  ) -> String {
    """
    version: 1
    name: \(name)
    input: { n: { count: 4 } }
    stages:
      - { id: make, use: ramp.make@1 }
      - id: told
        use: status.do@1
        in: { image: make.image }
        params: { call: \(call), status: \(status), item: \(item), once: "\(once)" }
      - { id: save, use: tensor.write@1, in: { tensor: told.image }, params: { name: "{item.number}.npy" } }
    limits: { batch: \(batch) }
    retry: { attempts: \(attempts), backoff: 10ms..20ms }
    errors: { max_failed_items: 1 }
    """
  }

  private func failedItems(_ daemon: Daemon, _ result: JobResult) throws -> [FailedItem] {
    let data = try Data(contentsOf: URL(filePath: daemon.spool.job(result.id).failedItems))
    return try data.split(separator: 10).map { try JSONDecoder().decode(FailedItem.self, from: $0) }
  }

  /// Statuses of one item: those that cost it alone, also where it is alone in its batch.
  @Test func itemsAloneFail() throws {
    let daemon = try daemon()
    // By status, why the item failed; a number that means nothing is a fault of the stage's own.
    let reasons: [Int: String] = [
      2: "\(Self.sentence)2", 7: "\(Self.sentence)7", 9: "\(Self.sentence)9",
      42: "\(Self.sentence)42", -2: "\(Self.sentence)-2",
      6: "stage 'told' says that it was cancelled, and nobody asked it to stop: \(Self.sentence)6",
    ]
    for status in reasons.keys {
      for batch in [1, 4] {
        let name = "s\(status + 10)-\(batch)"
        try daemon.drop(
          "\(name).yaml", spec(name, call: "process", status: status, batch: batch))
      }
    }
    let results = try daemon.waitForResults(reasons.count * 2)
    for result in results {
      let number = result.name.dropFirst().prefix { $0 != "-" }
      let reason = try #require(Int(number).flatMap { reasons[$0 - 10] })
      #expect(result.state == .partial, "\(result.name): \(result.message ?? "")")
      #expect(result.message == "1 of 4 items failed")
      #expect(result.itemsDone == 3 && result.failedAttempts.isEmpty, "\(result)")
      let failed = try failedItems(daemon, result)
      #expect(failed.map(\.item) == [2] && failed.map(\.stage) == ["told"])
      #expect(failed.map(\.reason) == [reason])
      #expect(
        Set(try daemon.outputs(of: result).keys) == ["000000.npy", "000001.npy", "000003.npy"])
    }
  }

  /// What makes the job fail, after how many attempts, and what is said then.
  private struct End {
    var call: String
    var status: Int
    var kinds: [String]
    var message: String

    init(_ call: String, _ status: Int, _ kinds: [String], _ message: String) {
      (self.call, self.status, self.kinds) = (call, status, kinds)
      let told = "stage 'told': '\(call)' was told to return \(status)"
      self.message = message.replacing("TOLD", with: told)
    }
  }

  @Test func jobsFail() throws {
    let daemon = try daemon()
    let twice = "shard 0 failed 2 times, and 'retry.attempts' is 2; the last time: TOLD"
    var ends = [
      End("process", 1, ["config"], "shard 0: TOLD"),
      End("process", 8, ["config"], "shard 0: TOLD"),
      End("process", 3, ["transient", "transient"], twice),
      End("finish", 7, ["internal"], "shard 0: TOLD"),
    ]
    for call in ["create", "open"] {
      for status in [1, 2, 8, 9] { ends.append(End(call, status, ["config"], "shard 0: TOLD")) }
      ends.append(End(call, 7, ["internal"], "shard 0: TOLD"))
      ends.append(End(call, 42, ["internal"], "shard 0: TOLD"))
      ends.append(End(call, 3, ["transient", "transient"], twice))
      ends.append(End(call, 4, ["no-memory", "no-memory"], twice))
    }
    for (number, end) in ends.enumerated() {
      try daemon.drop(
        "e\(number).yaml", spec("e\(number)", call: end.call, status: end.status))
    }
    for result in try daemon.waitForResults(ends.count) {
      let end = try #require(Int(result.name.dropFirst()).map { ends[$0] })
      #expect(result.state == .failed, "\(end)")
      #expect(result.message == end.message)
      #expect(result.failedAttempts.map(\.failure.kind.rawValue) == end.kinds, "\(end)")
      #expect(result.failedAttempts.allSatisfy { $0.failure.stage == "told" }, "\(end)")
      #expect(try daemon.outputs(of: result).isEmpty)
    }
  }

  @Test func anUnaskedCancelOfAWholeStageFailsTheJob() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec("job", call: "open", status: 6))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .failed)
    #expect(
      result.message
        == "shard 0: stage 'told': stage 'told' says that it was cancelled, and nobody asked it to stop: 'open' was told to return 6"
    )
    #expect(result.failedAttempts.map(\.failure.kind) == [.internal])
  }

  /// One item that finds no memory even by itself is left out after its second try.
  @Test func noMemoryHalvesTheBatchAndThenLeavesTheItemOut() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec("job", call: "process", status: 4))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .partial && result.itemsDone == 3, "\(result.message ?? "")")
    #expect(result.failedAttempts.map(\.failure.kind) == [.noMemory, .noMemory])
    #expect(result.failedAttempts.allSatisfy { $0.failure.item == 2 })
    #expect(
      try failedItems(daemon, result).map(\.reason) == [
        "ended its worker twice and was left out; the last time: \(Self.sentence)4"
      ])
    let log = try String(
      contentsOfFile:
        "\(daemon.spool.job(result.id).logs(shard: 0, attempt: 1))/told.jsonl", encoding: .utf8)
    #expect(log.contains("out of memory with 4 items: trying halves"))
    #expect(log.contains("out of memory with 2 items: trying halves"))
  }

  /// What may pass is tried again, and the first failure is still told when all went well in the end.
  @Test func aPassingFaultIsTriedAgain() throws {
    let daemon = try daemon()
    let mark = daemon.root.appending(path: "mark").path()
    try daemon.drop("job.yaml", spec("job", call: "process", status: 3, once: mark))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded && result.itemsDone == 4)
    #expect(result.failedAttempts.map(\.attempt) == [1])
    #expect(result.failedAttempts.map(\.failure.message) == ["\(Self.sentence)3"])
  }

  /// A line of `lattice ps --json`.
  private struct Summary: Decodable {
    var state: String
    var message: String?
  }

  /// A full disk pauses the job, and its one attempt is not used up.
  @Test(arguments: ["process", "open", "finish"])
  func noSpacePauses(call: String) throws {
    let daemon = try daemon()
    let mark = daemon.root.appending(path: "mark").path()
    try daemon.drop(
      "job.yaml", spec("job", call: call, status: 5, once: mark, attempts: 1))
    func job() throws -> Summary? {
      let output = try Lattice.run(["ps", "--all", "--json", "--spool", daemon.spool.path])
      return try JSONDecoder().decode([Summary].self, from: Data(output.data.utf8)).first
    }
    try daemon.waitUntil("the job pauses") { (try? job())?.state == "paused" }
    let message = try #require(try job()?.message)
    #expect(
      message.hasPrefix("the disk of '") && message.hasSuffix("more and the job goes on by itself"))
    let resumed = try Lattice.run(["resume", "job", "--spool", daemon.spool.path])
    #expect(resumed.status == 0, "\(resumed.talk)")
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded && result.itemsDone == 4, "\(result.message ?? "")")
    #expect(result.failedAttempts.map(\.failure.kind) == [.noSpace])
  }

  /// What is said of an item first is why it failed.
  @Test func theFirstReasonStands() throws {
    let daemon = try daemon()
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: 3 } }
      stages:
        - { id: make, use: ramp.make@1 }
        - { id: fail, use: status.twice@1, in: { image: make.image } }
        - { id: save, use: tensor.write@1, in: { tensor: fail.image }, params: { name: "{item.number}.npy" } }
      errors: { max_failed_items: 1 }
      """)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .partial && result.itemsDone == 2)
    #expect(try failedItems(daemon, result).map(\.reason) == ["the first reason"])
  }

  /// Two stages, or two items, that give one name to their files; the same one may ask for it again.
  @Test func oneNameIsOneItemsOfOneStage() throws {
    let daemon = try daemon()
    func spec(_ name: String, _ first: String, _ second: String, times: Int = 1) -> String {
      """
      version: 1
      name: \(name)
      input: { n: { count: 2 } }
      stages:
        - { id: make, use: ramp.make@1 }
        - { id: a, use: status.file@1, in: { image: make.image }, params: { name: "\(first)", times: \(times) } }
        - { id: b, use: status.file@1, in: { image: a.image }, params: { name: "\(second)" } }
        - { id: save, use: tensor.write@1, in: { tensor: b.image }, params: { name: "{item.number}.npy" } }
      limits: { batch: 1, cpus: 1 }
      """
    }
    try daemon.drop("own.yaml", spec("own", "a{item.number}", "b{item.number}", times: 3))
    try daemon.drop("stages.yaml", spec("stages", "{item.number}", "{item.number}"))
    try daemon.drop("items.yaml", spec("items", "one", "{item.number}"))
    let results = try daemon.waitForResults(3)
    let end = "; put {item.dir} or {item.number} into the name"
    let messages = [
      "own": nil,
      "stages":
        "shard 0: stage 'b': two outputs would be called '000000': item '000000' of stage 'a' and item '000000' of stage 'b'\(end)",
      "items":
        "shard 0: stage 'a': two outputs would be called 'one': item '000000' of stage 'a' and item '000001' of stage 'a'\(end)",
    ]
    for result in results { #expect(messages[result.name] == result.message, "\(result.name)") }
    let own = try #require(results.first { $0.name == "own" })
    #expect(own.state == .succeeded && own.filesWritten == 6)
  }

  /// SHA-256("lattice-seed-v1" 0 "7" 0 stage 0 item), its first eight bytes as a little-endian number, by another program.
  @Test func seedsAreThoseOfStageAndItem() throws {
    let daemon = try daemon()
    for (name, stage) in [("job", "one"), ("other", "two")] {
      try daemon.drop(
        "\(name).yaml",
        """
        version: 1
        name: \(name)
        seed: 7
        input: { n: { count: 2 } }
        stages:
          - { id: make, use: ramp.make@1 }
          - { id: \(stage), use: status.seed@1, in: { image: make.image } }
          - { id: save, use: tensor.write@1, in: { tensor: \(stage).image }, params: { name: "{item.number}.npy" } }
        """)
    }
    let golden = [
      "job": ["5b0a9022c1b0ba37", "1fc20ddd79b67bb2"],
      "other": ["bd87243dab99fe33", "cf748f5a041a0e88"],
    ]
    for result in try daemon.waitForResults(2) {
      let path = daemon.spool.job(result.id).itemMetadata(shard: 0)
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      let expected = try #require(golden[result.name]).enumerated().map {
        #"{"metadata":{"seed":"\#($1)"},"number":\#($0)}"#
      }
      #expect(lines.map(String.init) == expected)
    }
  }
}
