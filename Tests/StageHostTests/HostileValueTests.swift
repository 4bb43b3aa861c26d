import JobModel
import StageHost
import StageSDK
import Testing

/// Values that a plugin may pass whatever its header says: each is refused with a sentence, and none ends the host.
@Suite struct HostileValueTests {
  private func bench(_ how: String) throws -> StageBench {
    try StageBench(
      PluginWorkshop.plugin("hostile"), "hostile.make", .object(["how": .string(how)]))
  }

  @Test(arguments: [
    ("rank", "stage 'use' asks for an output of rank 1073741824 without sizes"),
    ("minus-rank", "stage 'use' asks for an output of rank -3 without sizes"),
    ("no-sizes", "stage 'use' asks for an output of rank 2 without sizes"),
    (
      "offset",
      "stage 'use' gives a tensor whose byte_offset of 18446744073709551615 leads out of memory"
    ),
    (
      "strides",
      "stage 'use' gives a tensor whose strides [9223372036854775807, 4611686018427387903] lead out of memory"
    ),
    (
      "loop",
      "stage 'use' asks for a loop of 18446744073709551615 rounds, at most 9223372036854775807 will do"
    ),
    ("damage", "stage 'use' failed with status -1 and gave no reason"),
    (
      "second",
      "stage 'use' makes its output 'values' a second time in one call; the first one stands"
    ),
    (
      "second-given",
      "stage 'use' makes its output 'values' a second time in one call; the first one stands"
    ),
  ])
  func isRefused(how: String, sentence: String) throws {
    #expect(try bench(how).refusal(of: 2) == StageFailure(.internal, sentence))
  }

  /// What the stage says last counts, not what the host refused before.
  @Test func theStagesOwnWordsStand() throws {
    #expect(try bench("own-words").refusal(of: 2) == StageFailure(.input, "these are my own words"))
  }

  @Test func theFirstOutputStands() throws {
    let bench = try bench("second")
    let batch = bench.batch(2)
    #expect(throws: StageFailure.self) { try bench.instance().process(batch) }
    #expect(batch.outputs["values"]?.floats == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [
    (1, "output of 'hostile.make' 0 has a table of 16 bytes, the least is 64"),
    (2, "output of 'hostile.make' 'values' has rank 1073741824, at most 32 will do"),
    (3, "output of 'hostile.make' 'values' names 2147483648 types, at most 256 will do"),
  ])
  func aPortIsRefused(port: Int, fault: String) throws {
    let path = try PluginWorkshop.plugin("hostile", ["-DPORT=\(port)"], as: "hostile-\(port)")
    let module = try StageLibrary.load(path).describe()
    #expect(module.brokenStages.first { $0.id == "hostile.make" }?.reason == fault)
  }

  /// Every type that the header names crosses, and lies in memory as it says.
  @Test(arguments: JobModel.ElementType.allCases)
  func everyTypeCrosses(type: JobModel.ElementType) throws {
    let bench = try StageBench(PluginWorkshop.plugin("hostile"), "hostile.types")
    #expect(bench.planned.description.inputs[0].types == JobModel.ElementType.allCases)
    let input = try #require(HostTensor(type, [2, 3], account: bench.services.account))
    for index in 0..<input.byteCount {
      input.data?.storeBytes(of: UInt8(index + 1), toByteOffset: index, as: UInt8.self)
    }
    let output = try #require(try bench.run(2, ["image": input]).outputs["image"])
    #expect(output.type == type && output.byteCount == 6 * type.byteCount)
    let bytes = (0..<output.byteCount).map {
      output.data?.load(fromByteOffset: $0, as: UInt8.self)
    }
    #expect(bytes == (0..<output.byteCount).map { UInt8($0 + 1) })
  }

  /// Host and SDK agree in every type.
  @Test func theSDKHasTheSameTypes() {
    #expect(
      JobModel.ElementType.allCases.map(\.rawValue) == StageSDK.ElementType.allCases.map(\.rawValue)
    )
    for type in StageSDK.ElementType.allCases {
      let host = JobModel.ElementType(type.dataType)
      #expect(host?.rawValue == type.rawValue && host?.byteCount == type.byteCount)
    }
  }
}
