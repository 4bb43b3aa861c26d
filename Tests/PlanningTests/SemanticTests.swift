import JobModel
import PipelineSpec
import Planning
import Testing

/// What a port means holds in both directions: the general fits the special, and the special the general.
@Suite struct SemanticTests {
  private func codes(given: String?, _ consumer: String) throws -> [String] {
    let bench = try PlanBench()
    bench.checker.answers["read"] = {
      StageCheckResponse.Entry(
        name: $0.name,
        outputs: ["image": TensorSpec(type: .f32, shape: [-1, 8, 8, 3], semantic: given)],
        faults: [])
    }
    return try bench.result(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: next, use: \(consumer), in: { image: read.image }
        """)
    ).diagnostics.filter { $0.severity == .error }.map(\.code)
  }

  /// `pic.write` wants `image`.
  @Test(arguments: [
    ("image", true), ("image.rgb", true), ("image.gray", true), ("image.rgb.linear", true),
    ("imagery", false), ("imagery.rgb", false), ("im", false), ("rgb.image", false),
    ("image_rgb", false),
  ]) func theSpecialFitsTheGeneral(given: String, fits: Bool) throws {
    #expect(try codes(given: given, "pic.write") == (fits ? [] : ["E111"]))
  }

  /// `pic.mark` wants `image.rgb`.
  @Test(arguments: [
    ("image", true), ("image.rgb", true), ("image.rgb.linear", true), ("image.gray", false),
    ("image.r", false), ("image.rgba", false), ("imag", false), ("depth", false),
  ]) func theGeneralFitsTheSpecial(given: String, fits: Bool) throws {
    #expect(try codes(given: given, "pic.mark") == (fits ? [] : ["E111"]))
  }
}
