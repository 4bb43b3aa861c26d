import JobModel
import StageHost
import Testing

/// The C and the C++ example that the documentation points to.
@Suite struct ExamplePluginTests {
  private let pixels: [Float] = [0, 0.25, 0.5, 0.75, 1, 0.125]

  @Test func invertGivesNegatives() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("invert"), "example.invert", .object(["strength": .int(1)]))
    let batch = try bench.run(2, ["image": bench.tensor(pixels, [2, 1, 1, 3])])
    let output = try #require(batch.outputs["image"])
    #expect(output.shape == [2, 1, 1, 3])
    #expect(output.floats == [1, 0.75, 0.5, 0.25, 0, 0.875])
    #expect(batch.failures.isEmpty)
    #expect(bench.services.said == ["begins 0", "begins 1"])
  }

  @Test func invertReadsItsParameter() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("invert"), "example.invert", .object(["strength": .double(0.25)]))
    let batch = try bench.run(1, ["image": bench.tensor(pixels, [1, 2, 1, 3])])
    #expect(batch.outputs["image"]?.floats == [0.25, 0.375, 0.5, 0.625, 0.75, 0.3125])
  }

  @Test func invertFailsOneItemAlone() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("invert"), "example.invert", .object(["strength": .int(1)]))
    let batch = try bench.run(3, ["image": bench.tensor([0, 1, 2, .nan, 0, 1], [3, 1, 1, 2])])
    #expect(
      batch.failures == [
        1: StageFailure(.input, "value 1 of the picture is not a finite number")
      ])
    #expect(batch.outputs["image"]?.floats.suffix(2) == [1, 0])
  }

  @Test func invertStopsWhenCancelled() throws {
    let bench = try StageBench(PluginWorkshop.plugin("invert"), "example.invert")
    bench.services.cancel()
    let input = try bench.tensor(pixels, [2, 1, 1, 3])
    let error = #expect(throws: StageFailure.self) { try bench.run(2, ["image": input]) }
    #expect(
      error == StageFailure(.cancelled, "stage 'use' failed with status 6 and gave no reason"))
  }

  @Test func brightenSpreadsTones() throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("brighten"), "example.brighten",
      .object(["black": .double(0.25), "white": .double(0.75)]))
    let batch = try bench.run(2, ["image": bench.tensor(pixels, [2, 1, 3, 1])])
    #expect(batch.outputs["image"]?.floats == [0, 0, 0.5, 1, 1, 0])
    #expect(bench.services.said.sorted() == ["begins 0", "begins 1"])
  }

  @Test func brightenLetsNoExceptionOut() throws {
    let bench = try StageBench(PluginWorkshop.plugin("brighten"), "example.brighten")
    let error = #expect(throws: StageFailure.self) { try bench.instance() }
    #expect(error == StageFailure(.internal, "there is no \"black\":"))
  }

  @Test func describesItself() throws {
    let bench = try StageBench(PluginWorkshop.plugin("invert"), "example.invert")
    let description = bench.planned.description
    #expect(description.isDeterministic && description.isParallel && !description.hasCheck)
    #expect(description.parameterSchema["properties"]?["strength"]?["default"] == .int(1))
    #expect(
      description.inputs == [
        PortDescription(
          name: "image", semantic: "image", doc: "Pictures of 0...1.", types: [.f32],
          dimensions: [.named("N"), .named("H"), .named("W"), .named("C")])
      ])
  }

  /// `invert` has no check: its sizes follow from dimension names, and `brighten` after it sees them.
  @Test func checkTellsSizesAndFaults() throws {
    let ramp = try PluginWorkshop.plugin("ramp")
    let invert = try PluginWorkshop.plugin("invert")
    let brighten = try PluginWorkshop.plugin("brighten")
    func use(
      _ name: String, _ path: String, _ id: String, _ parameters: [String: JSONValue] = [:],
      after: String? = nil
    ) -> StageCheckRequest.Entry {
      StageCheckRequest.Entry(
        name: name, pluginPath: path, stageID: id, parameters: .object(parameters),
        inputs: after.map { ["image": .init(stage: $0, port: "image")] } ?? [:])
    }
    let answer = StageCheck.run(
      StageCheckRequest(stages: [
        use("make", ramp, "ramp.make"), use("invert", invert, "example.invert", after: "make"),
        use(
          "good", brighten, "example.brighten", ["black": .int(0), "white": .double(0.5)],
          after: "invert"),
        use(
          "bad", brighten, "example.brighten", ["black": .double(0.5), "white": .double(0.25)],
          after: "good"),
      ]))
    let plain = TensorSpec(type: .f32, shape: [-1, 2, 2, 3], semantic: nil)
    let image = TensorSpec(type: .f32, shape: [-1, 2, 2, 3], semantic: "image")
    #expect(
      answer.stages == [
        .init(name: "make", outputs: ["image": plain], faults: []),
        .init(name: "invert", outputs: ["image": image], faults: []),
        .init(name: "good", outputs: ["image": image], faults: []),
        .init(
          name: "bad", outputs: [:],
          faults: [.init(parameter: "white", message: "'white' must be greater than 'black'")]),
      ])
  }
}
