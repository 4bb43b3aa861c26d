import FoundationEssentials
import JobModel
import StageHost
import StageSDK
import Testing

/// Stages written with StageSDK, called through the C table that it makes of them.
@Suite struct SwiftStageTests {
  private func bench(_ id: String, _ parameters: [String: JSONValue] = [:]) throws -> StageBench {
    try StageBench(SwiftStages.load(), id, .object(parameters))
  }

  @Test func mapsAndNotes() throws {
    let bench = try bench("test.scale", ["factor": .double(1.5)])
    let batch = try bench.run(2, ["image": bench.tensor([0, 1, 2, 3], [2, 1, 2, 1])])
    #expect(batch.outputs["image"]?.floats == [0, 1.5, 3, 4.5])
    #expect(batch.outputs["image"]?.shape == [2, 1, 2, 1])
    #expect(
      batch.metadata(1)
        == .object(["from": .string("before"), "largest": .double(4.5), "seed": .int(101)]))
    #expect(bench.services.said.sorted() == ["begins 0", "begins 1"])
  }

  @Test func failsOneItemAlone() throws {
    let bench = try bench("test.scale", ["factor": .int(2)])
    let batch = try bench.run(3, ["image": bench.tensor([1, -1, 3], [3, 1, 1, 1])])
    #expect(batch.failures == [1: StageFailure(.input, "value 0 of item 1 is below 0")])
    #expect(batch.outputs["image"]?.floats == [2, 0, 6])
  }

  @Test func lacksAnInput() throws {
    let bench = try bench("test.scale", ["factor": .int(2)])
    #expect(
      bench.refusal(of: 1)
        == StageFailure(.internal, "nothing is connected to the input 'image'"))
  }

  @Test func reducesOverShards() throws {
    let folder = "\(PluginWorkshop.folder)/states"
    for (shard, values) in [[0.5, 1], [2, 4]].enumerated() {
      let bench = try bench("test.total")
      let instance = try bench.instance()
      try instance.open()
      let input = try bench.tensor(values.map { Float($0) }, [2, 1])
      try instance.process(bench.batch(2, ["values": input]))
      let state = "\(folder)/\(shard)"
      try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
      try instance.saveState(to: state)
      instance.close()
    }
    let bench = try bench("test.total")
    #expect(bench.planned.description.reduces)
    let instance = try bench.instance()
    try instance.open()
    for shard in 0..<2 { try instance.loadState(from: "\(folder)/\(shard)") }
    try instance.finish()
    #expect(
      bench.services.said == ["info the total is 7.5", "file total.txt of all, replace, table"])
  }

  @Test func usesEveryService() throws {
    let bench = try bench("test.services")
    let instance = try bench.instance()
    #expect(throws: StageFailure(.config, "'../elsewhere' leads elsewhere")) {
      try instance.run()
    }
    #expect(
      bench.services.said == [
        #"debug use is use {"a":[true],"b":1}"#,
        "warning scratch is /tmp/scratch of the test",
        "info weights are /models/small",
        "info biases are none",
        "3 of 7 steps",
        "info sum of squares is 328350, threads 2",
        "file weights.bin of all, as the job, result",
        "error wrote /out/weights.bin, cancelled false",
      ])
  }

  @Test func isNoTask() throws {
    let instance = try bench("test.scale", ["factor": .int(1)]).instance()
    #expect(throws: StageFailure(.internal, "test.scale is no task")) { try instance.run() }
    let task = try bench("test.services")
    #expect(
      task.refusal(of: 1)
        == StageFailure(.internal, "test.services does not process batches"))
  }

  @Test func needsANewerHost() {
    let error = #expect(throws: StageLibraryError.self) {
      try StageLibrary.greet(
        { hostMinor, why in
          StageModule.export(
            id: "org.lattice.late", version: "2.0.0", vendor: "", license: "MIT",
            minimumHostMinor: 3, stages: [ScaleStage.self], hostMinor: hostMinor, why: why)
        }, at: "late")
    }
    #expect(
      error?.description
        == "plugin 'late' refuses this host: org.lattice.late 2.0.0 needs a host of stage ABI 1.3 or later, this one is 1.1"
    )
  }
}
