import DurableFiles
import Foundation
import JobModel
import StageCatalog
import StageHost
import Testing

/// The stages of `trouble.c` in a real `lattice-worker`: ramp.make, then trouble, then example.invert.
@Suite struct TroubleRunTests {
  /// What became of a shard of four items, trouble coming with item 2.
  private struct Outcome {
    var ending: ChildProcess.Ending
    var failure: AttemptFailure?
    var report: ShardReport?
    var failed: [FailedItem]
  }

  private func stage(
    _ name: String, _ plugin: String, _ id: String, _ parameters: JSONValue = .object([:]),
    after: String? = nil
  ) throws -> PlannedStage {
    let path = try PluginWorkshop.plugin(plugin)
    let status = try #require(Files.status(path, followingLinks: true))
    let found = try StageLibrary.load(path).describe().stages.first { $0.id == id }
    return PlannedStage(
      name: name,
      plugin: PluginFile(
        path: path, size: status.size, mtimeNanoseconds: status.mtimeNanoseconds, sha256: ""),
      description: try #require(found), parameters: parameters,
      inputs: after.map { ["image": .port(stage: $0, port: "image")] } ?? [:],
      outputs: ["image": TensorSpec(type: .f32, shape: [-1, 2, 2, 3], semantic: nil)])
  }

  private func run(_ trouble: String, item: Int = 2, seconds: Double = 20) throws -> Outcome {
    let folder = JobFolder(path: "\(PluginWorkshop.folder)/\(trouble)-\(item)")
    defer { try? Files.removeTree(folder.path) }
    let lines = try (0..<4).map { number in
      let item = Item(number: number, id: "\(number)", path: nil, size: nil, mtimeNanoseconds: nil)
      return try JSONEncoder().encode(item) + [UInt8(ascii: "\n")]
    }
    var limits = Limits()
    limits.memoryBytes = 64 << 20
    let plan = JobPlan(
      name: "trouble",
      stages: [
        try stage("make", "ramp", "ramp.make"),
        try stage(
          "trouble", "trouble", "trouble.\(trouble)", .object(["item": .int(item)]), after: "make"),
        try stage(
          "invert", "invert", "example.invert", .object(["strength": .int(1)]), after: "trouble"),
      ], items: ItemManifest(count: 4, itemsPerShard: 4, shardOffsets: [0]), batch: 2,
      limits: limits, output: OutputPolicy(directory: folder.outputs), base: folder.path)
    for path in [folder.shards, folder.outputs, folder.temporary] { try Files.makeDirectory(path) }
    try AtomicFile.write(lines.flatMap { Array($0) }, to: folder.items)
    try AtomicFile.write(Array(try JSONEncoder().encode(plan)), to: folder.plan)
    let output = try ChildProcess.run(
      Products.worker, ["run", folder.path, "0", "--attempt", "1"], seconds: seconds)
    func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value? {
      guard Files.exists(path) else { return nil }
      return try JSONDecoder().decode(type, from: Data(try Files.read(path)))
    }
    return Outcome(
      ending: output.ending,
      failure: try read(AttemptFailure.self, folder.failure(shard: 0, attempt: 1)),
      report: try read(ShardReport.self, folder.done(shard: 0)),
      failed: ((try? Files.read(folder.failedItems(shard: 0))) ?? []).split(separator: 10)
        .compactMap { try? JSONDecoder().decode(FailedItem.self, from: Data($0)) })
  }

  @Test func runsThroughWithoutItsItem() throws {
    let outcome = try run("abort", item: 9)
    #expect(outcome.ending == .exited(0))
    #expect(outcome.report?.itemsDone == 4)
  }

  @Test func abort() throws {
    #expect(try run("abort").ending == .signalled("SIGABRT"))
  }

  @Test func trap() throws {
    // The instruction for it differs between processors.
    #expect([.signalled("SIGILL"), .signalled("SIGTRAP")].contains(try run("trap").ending))
  }

  @Test func hang() throws {
    #expect(try run("hang", seconds: 1).ending == .timedOut)
  }

  @Test func leakEndsAtTheLimit() throws {
    #expect(try run("leak").ending == .signalled("SIGSEGV"))
  }

  @Test(arguments: [
    (
      "shape",
      "'image' of stage 'trouble' is f32[1,3,2,3], its check promised f32[N,2,2,3]"
    ),
    ("forget", "stage 'trouble' put out nothing at 'image', which is read later"),
    ("type", "'image' of stage 'trouble' is f64[1, 2, 2, 3], its port promises f32"),
  ])
  func aBrokenPromiseCostsItsItem(trouble: String, sentence: String) throws {
    let outcome = try run(trouble)
    #expect(outcome.ending == .exited(0))
    #expect(outcome.failure == nil)
    #expect(outcome.report?.itemsDone == 3 && outcome.report?.itemsFailed == 1)
    #expect(outcome.failed.map(\.item) == [2])
    #expect(outcome.failed.map(\.stage) == ["trouble"])
    #expect(outcome.failed.map(\.reason) == [sentence])
  }
}
