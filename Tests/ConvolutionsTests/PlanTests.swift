import Convolutions
import Testing

@Suite(.serialized) struct PlanTests {
  /// The same bits for one thread and two.
  @Test(arguments: ConvolutionPrecision.allCases)
  func threadsDoNotMatter(precision: ConvolutionPrecision) throws {
    let shape = try ConvolutionShape.same(
      count: 3, inChannels: 32, outChannels: 32, height: 20, width: 20, kernel: (3, 3))
    let source = Buffer(shape.source().elementCount, seed: 1)
    let weights = Buffer(shape.weightCount, seed: 2)
    let results = try [1, 2].map { threads in
      let plan = try ConvolutionPlan(shape, precision: precision, threads: threads)
      let output = Buffer(plan.destination.elementCount)
      try plan.forward(source.constant, weights: weights.constant, into: output.pointer)
      return output.values
    }
    #expect(results[0] == results[1])
  }

  @Test func plansAreKept() throws {
    let shape = try ConvolutionShape.same(
      count: 1, inChannels: 16, outChannels: 16, height: 8, width: 8, kernel: (3, 3))
    let first = try ConvolutionPlans.plan(shape)
    #expect(try ConvolutionPlans.plan(shape) === first)
    #expect(try ConvolutionPlans.plan(shape, precision: .bf16) !== first)
    ConvolutionPlans.removeAll()
    #expect(try ConvolutionPlans.plan(shape) !== first)
  }

  @Test func layoutsHoldEveryValueOnce() throws {
    let layout = FeatureLayout(count: 2, channels: 32, height: 3, width: 5, block: 16)
    var places: Set<Int> = []
    for n in 0..<2 {
      for c in 0..<32 {
        for y in 0..<3 { for x in 0..<5 { places.insert(layout.offset(n, c, y, x)) } }
      }
    }
    #expect(places == Set(0..<layout.elementCount))
    let plain = FeatureLayout(count: 2, channels: 32, height: 3, width: 5, block: 32)
    #expect(plain.offset(1, 7, 2, 3) == ((1 * 3 + 2) * 5 + 3) * 32 + 7)
    let source = Buffer(layout.elementCount, seed: 1)
    let (there, back) = (Buffer(layout.elementCount), Buffer(layout.elementCount))
    try FeatureReorder.plan(from: layout, toBlock: 32)(source.constant, into: there.pointer)
    #expect(there.pointer[plain.offset(1, 20, 2, 4)] == source.pointer[layout.offset(1, 20, 2, 4)])
    try FeatureReorder.plan(from: plain, toBlock: 16)(there.constant, into: back.pointer)
    #expect(back.values == source.values)
  }

  @Test func impossibleShapesAreSentences() {
    let error = #expect(throws: ConvolutionError.self) {
      try ConvolutionShape.torch(
        count: 1, inChannels: 3, outChannels: 8, height: 2, width: 2, kernel: (5, 5),
        padding: (1, 1))
    }
    #expect(
      error?.description
        == "convolution of (1, 3, 2, 2) to 8 channels, kernel 5x5, stride 1x1, padding top 1 left 1 bottom 1 right 1: the kernel doesn't fit into the padded picture"
    )
  }
}
