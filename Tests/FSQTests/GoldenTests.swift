import FSQ
import Testing

/// Parity with the authors' own code.
@Suite struct GoldenTests {
  @Test(arguments: [FiniteScalarQuantizer.Variant.google, .atanh])
  func equalsTheAuthorsNumbers(variant: FiniteScalarQuantizer.Variant) throws {
    let golden = try GoldenFile()
    #expect(golden.levelSets.count == 7)
    for name in golden.levelSets {
      let levels = name.split(separator: "x").compactMap { Int($0) }
      let quantizer = try FiniteScalarQuantizer(levels: levels, variant: variant)
      let prefix = "\(name)/\(variant.rawValue)"
      let latents = try golden.floats("\(name)/z")
      let bounded = quantizer.bounded(latents)
      let indices = quantizer.indices(bounded: bounded)
      #expect(indices == (try golden.integers("\(prefix)/indices")), "\(prefix)")
      try expectClose(bounded, golden.floats("\(prefix)/bounded"), "\(prefix)/bounded")
      try expectClose(quantizer.codes(indices), golden.floats("\(prefix)/codes"), "\(prefix)/codes")
      let weights = try golden.floats("\(prefix)/w")
      let gradient = quantizer.gradient(latents, weights)
      try expectClose(gradient, golden.floats("\(prefix)/dz"), "\(prefix)/dz")
    }
  }

  /// The notebook's own example (appendix A.1): levels 3, 5, 4.
  @Test func notebookExample() throws {
    let quantizer = try FiniteScalarQuantizer(levels: [3, 5, 4])
    let indices = quantizer.indices(bounded: quantizer.bounded([0.25, 0.6, -7]))
    #expect(indices == [10])
    #expect(try quantizer.codes(indices) == [0, 0.5, -1])
    #expect(quantizer.codebookSize == 60)
  }

  /// Each value within 1e-5, absolute.
  private func expectClose(_ ours: [Float], _ theirs: [Float], _ what: String) throws {
    try #require(ours.count == theirs.count)
    let worst = zip(ours, theirs).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= 1e-5, "\(what): off by \(worst)")
  }
}
