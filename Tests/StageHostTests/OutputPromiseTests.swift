import JobModel
import StageHost
import Testing

/// Outputs that are not what the stage's port promises.
@Suite struct OutputPromiseTests {
  @Test(arguments: [
    ("port", "stage 'use' puts out 'colour', a port it does not have; it has 'image'"),
    ("type", "'image' of stage 'use' is i32[2, 2, 2, 3], its port promises f32"),
    ("unknown-type", "stage 'use' asks for an output of an unknown type"),
    (
      "rows",
      "'image' of stage 'use' is f32[3, 2, 2, 3], its first size must be the 2 items of the batch"
    ),
    ("rank", "'image' of stage 'use' is f32[2, 2, 2], its port promises rank 4"),
    ("size", "'image' of stage 'use' is f32[2, 2, 2, 4], its port promises 3 as size 3"),
    (
      "negative",
      "'image' of stage 'use' is f32[2, -2, 2, 3], which is no size a tensor can have"
    ),
    (
      "huge",
      "'image' of stage 'use' is f32[2, 1099511627776, 1099511627776, 3], which is no size a tensor can have"
    ),
  ])
  func askedFor(how: String, sentence: String) throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("tensors"), "tensors.ask", .object(["how": .string(how)]))
    #expect(bench.refusal(of: 2) == StageFailure(.internal, sentence))
    #expect(bench.services.account.usedBytes == 0)
  }

  @Test func rightOneIsZeroedAndAligned() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("tensors"), "tensors.ask", .object(["how": .string("right")]))
    let output = try #require(try bench.run(2).outputs["image"])
    #expect(output.floats == [Float](repeating: 0, count: 24))
    #expect(Int(bitPattern: output.data) % 256 == 0)
  }

  @Test func overTheMemoryLimit() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("tensors"), "tensors.ask", .object(["how": .string("right")]),
      services: TestServices(memoryLimit: 95))
    #expect(
      bench.refusal(of: 2)
        == StageFailure(.noMemory, "no memory for an output of 96 bytes (f32[2, 2, 2, 3])"))
    #expect(bench.services.account.usedBytes == 0)
  }

  @Test func troubleWithAType() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("trouble"), "trouble.type", .object(["item": .int(1)]))
    let first = try bench.run(1, ["image": bench.tensor([0.5], [1, 1, 1, 1])])
    #expect(first.outputs["image"]?.floats == [0.5])
    let input = try bench.tensor([0.5, 1], [2, 1, 1, 1])
    let error = #expect(throws: StageFailure.self) { try bench.run(2, ["image": input]) }
    #expect(
      error
        == StageFailure(
          .internal, "'image' of stage 'use' is f64[2, 1, 1, 1], its port promises f32")
    )
  }
}
