import JobModel
import StageHost
import Testing

/// How numbers are computed, changed by a stage in a call; what else stages share is tried in processes of their own.
@Suite struct AmbientTests {
  @Test(arguments: [
    ("rounding", "the rounding mode"),
    ("flush", "whether tiny numbers count as zero (FTZ, DAZ)"),
  ])
  func isPutBackAndSaid(how: String, name: String) throws {
    let bench = try StageBench(
      PluginWorkshop.plugin("harm"), "harm.do",
      .object(["how": .string(how), "item": .int(0), "trap": .int(-1)]))
    let input = try bench.tensor([0.5], [1, 1, 1, 1])
    // On one thread: the next computation on it is as before.
    _ = try bench.run(1, ["image": input])
    #expect(
      bench.services.said == [
        "warning 'process' changed \(name), which all stages share; it was put back"
      ])
    let (third, tiny) = (opaque(1.0) / opaque(3.0), opaque(.leastNormalMagnitude) / opaque(2.0))
    #expect(third == 0.333_333_333_333_333_3 && tiny != 0)
  }

  @inline(never) private func opaque(_ value: Double) -> Double { value }
}
