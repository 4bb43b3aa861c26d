import JobModel
import StageHost
import Testing

/// A `check` that leaves an output out, or says of it what its port does not allow.
@Suite struct SilentCheckTests {
  private func faults(_ how: String) throws -> [StageCheckResponse.Fault] {
    let path = try PluginWorkshop.plugin("harm")
    let library = try StageLibrary.load(path)
    let entry = StageCheckRequest.Entry(
      name: "use", pluginPath: path, stageID: "harm.check",
      parameters: .object(["how": .string(how)]), inputs: [:])
    let input = TensorSpec(type: .f32, shape: [-1, 2, 2, 3], semantic: nil)
    return try StageCheck.check(entry, of: library, inputs: ["image": input]).faults
  }

  @Test(arguments: [
    ("silent", ["its check says nothing of the output 'image'"]),
    ("rank", ["its check promises f32[N,4] at 'image', its port has rank 4"]),
    ("type", ["its check promises i32[N,2,2,3] at 'image', its port gives f32"]),
    (
      "port",
      [
        "its check tells of an output 'colour', which the stage does not have",
        "its check says nothing of the output 'image'",
      ]
    ),
    (
      "minus-three",
      [
        "its check tells of rank -3 without sizes for the output 'image'",
        "its check says nothing of the output 'image'",
      ]
    ),
    (
      "null",
      [
        "its check tells of rank 4 without sizes for the output 'image'",
        "its check says nothing of the output 'image'",
      ]
    ),
    (
      "short",
      [
        "its check tells of an output in 8 bytes, the least is 40",
        "its check says nothing of the output 'image'",
      ]
    ),
  ])
  func isAFaultOfItsStage(how: String, sentences: [String]) throws {
    let faults = try faults(how)
    #expect(faults.map(\.message) == sentences.map { "\($0); the stage has to be mended" })
    #expect(faults.allSatisfy { $0.isBrokenCheck == true && $0.parameter == nil })
  }

  @Test func aGoodOneHasNone() throws { #expect(try faults("").isEmpty) }
}
