import FileNames
import FoundationEssentials
import JobModel
import StageHost
import Testing

/// Errors thrown by Swift stages, as the host sees them.
@Suite struct SwiftStageErrorTests {
  private func bench(_ code: Int, _ place: String) throws -> StageBench {
    try StageBench(
      SwiftStages.load(), "test.fail", .object(["code": .int(code), "at": .string(place)]))
  }

  private func failure(_ body: () throws(StageFailure) -> Void) -> StageFailure? {
    do throws(StageFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      (1, .config), (2, .input), (3, .transient), (4, .noMemory), (5, .noSpace), (6, .cancelled),
      (7, .internal), (8, .unsupported), (9, .notFound),
    ] as [(Int, StageFailure.Code)])
  func everyCodeCrosses(number: Int, code: StageFailure.Code) throws {
    let processing = try bench(number, "process")
    #expect(processing.refusal(of: 1) == StageFailure(code, "failed in process"))
    let making = try bench(number, "init")
    #expect(
      failure { () throws(StageFailure) in _ = try making.instance() }
        == StageFailure(code, "failed in init"))
  }

  @Test func everyCallCanFail() throws {
    let opening = try bench(8, "open").instance()
    #expect(
      failure { () throws(StageFailure) in try opening.open() }
        == StageFailure(.unsupported, "failed in open"))
    let finishing = try bench(3, "finish").instance()
    #expect(
      failure { () throws(StageFailure) in try finishing.finish() }
        == StageFailure(.transient, "failed in finish"))
  }

  @Test func foreignErrorsAreInternal() throws {
    #expect(try bench(0, "process").refusal(of: 1) == StageFailure(.internal, "Odd()"))
  }

  /// Only the codes that blame an item fail it alone; others fail the call.
  @Test func itemsFailAlone() throws {
    for (number, code) in [(2, StageFailure.Code.input), (9, .notFound)] {
      let batch = try bench(number, "item").run(2)
      let expected = StageFailure(code, "failed in item")
      #expect(batch.failures == [0: expected, 1: expected])
    }
    #expect(try bench(3, "item").refusal(of: 2) == StageFailure(.transient, "failed in item"))
  }

  @Test(arguments: [
    (#"{"at":"never"}"#, "the parameter 'code' is missing"),
    (
      #"{"at":"never","code":"three"}"#,
      "the parameter 'code' has another type than the stage expects"
    ),
    (
      #"{"at":["never"],"code":3}"#,
      "the parameter 'at' has another type than the stage expects"
    ),
    (
      #"{"at":"never","code":null}"#,
      "the parameter 'code' has another type than the stage expects"
    ),
    (
      #"{"at":"never","code":1000000000000}"#,
      "the parameters can't be read: a number is too large or not whole, or the text is no JSON"
    ),
  ])
  func undecodableParameters(text: String, sentence: String) throws {
    let bench = try StageBench(
      SwiftStages.load(), "test.fail", JSONValue(parsing: .init(text.utf8)))
    #expect(
      failure { () throws(StageFailure) in _ = try bench.instance() }
        == StageFailure(.config, sentence))
  }

  private func check(_ id: String, _ parameters: JSONValue) throws -> StageCheckResponse.Entry {
    let entry = StageCheckRequest.Entry(
      name: "use", pluginPath: SwiftStages.path, stageID: id, parameters: parameters,
      inputs: ["image": .init(stage: "make", port: "image")])
    let make = StageCheckRequest.Entry(
      name: "make", pluginPath: try PluginWorkshop.plugin("ramp"), stageID: "ramp.make",
      parameters: .object([:]), inputs: [:])
    let answer = StageCheck.run(
      StageCheckRequest(stages: [make, entry]),
      with: [FileName(SwiftStages.path): try SwiftStages.load()])
    return try #require(answer.stages.last)
  }

  @Test func checkNamesTheParameter() throws {
    #expect(
      try check("test.fail", .object(["code": .int(1), "at": .string("check")])).faults
        == [.init(parameter: "at", message: "failed in check")])
    #expect(
      try check("test.fail", .object(["at": .string("check")])).faults
        == [.init(parameter: "code", message: "the parameter 'code' is missing")])
  }

  @Test func checkDerivesSizesFromNames() throws {
    #expect(
      try check("test.scale", .object(["factor": .int(1)])).outputs
        == ["image": TensorSpec(type: .f32, shape: [-1, 2, 2, 3], semantic: "image")])
  }
}
