import JobModel
import PipelineSpec
import Planning
import Testing

@Suite struct LongChainTests {
  /// 200 stages, each reading from the one before; in the file in any order.
  private func spec(_ names: [Int], size: Int = 64) -> String {
    let lines = names.map { number in
      switch number {
      case 0: "id: s0, use: pic.read, in: { file: pics }, params: { size: \(size) }"
      case 199: "id: s199, use: pic.write, in: { image: s198.image }"
      default: "id: s\(number), use: pic.mark, in: { image: s\(number - 1).image }"
      }
    }
    return PlanBench.spec(lines.joined(separator: "\n"))
  }

  @Test(arguments: [Array(0..<200), (0..<200).reversed(), (0..<200).map { $0 * 77 % 200 }])
  func twoHundredStagesAreInOrder(_ names: [Int]) throws {
    let plan = try PlanBench().plan(spec(names))
    #expect(plan.stages.map(\.name) == (0..<200).map { "s\($0)" })
    for (number, stage) in plan.stages.enumerated().dropFirst() {
      #expect(stage.inputs == ["image": .port(stage: "s\(number - 1)", port: "image")])
    }
    for stage in plan.stages.dropLast() {
      #expect(stage.outputs["image"]?.shape == [-1, 64, 64, 3])
    }
    #expect(plan.stages[199].outputs == [:])
  }

  @Test func aCircleOfTwoHundredIsFound() throws {
    let text = spec(Array(0..<200))
      .replacing(
        "id: s1, use: pic.mark, in: { image: s0.image",
        with: "id: s1, use: pic.mark, in: { image: s198.image")
    let result = try PlanBench().result(text)
    let circle = result.diagnostics.first { $0.code == "E108" }
    let path = ((1..<199).map { "s\($0)" } + ["s1"]).joined(separator: " → ")
    #expect(circle?.message == "stages read from each other in a circle: \(path)")
    #expect(result.plan == nil)
  }
}
