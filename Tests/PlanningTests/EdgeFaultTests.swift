import JobModel
import Planning
import Testing

/// Connections whose two ends do not fit: E109 to E113.
@Suite struct EdgeFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(_ stages: String) throws -> String {
    try bench.faults(PlanBench.spec(stages))
  }

  @Test func otherTypes() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: show, use: code.show, in: { tokens: read.image }
        id: write, use: pic.write, in: { image: show.image }
        """) == """
          p.yaml:6:47: error[E109]: 'tokens' of 'show' wants i32[N,8,8]; 'read.image' gives f32[N,8,8,3]
              6 |   - { id: show, use: code.show, in: { tokens: read.image } }
                |                                               ^~~~~~~~~~
             note: p.yaml:5:11: 'read' is set up here as pic.read
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func otherRank() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: tokens, use: code.quantize, in: { image: read.image }
        id: count, use: code.count, in: { values: tokens.tokens }
        """) == """
          p.yaml:7:49: error[E110]: 'values' of 'count' wants i32|i64[N,K]; 'tokens.tokens' gives i32[N,8,8]
              7 |   - { id: count, use: code.count, in: { values: tokens.tokens } }
                |                                                 ^~~~~~~~~~~~~
             note: p.yaml:6:11: 'tokens' is set up here as code.quantize
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func otherMeaning() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: gray, use: pic.gray, in: { image: read.image }
        id: tint, use: pic.mark, in: { image: gray.image }
        id: write, use: pic.write, in: { image: tint.image }
        """) == """
          p.yaml:7:45: error[E111]: 'image' of 'tint' wants f32[N,H,W,3] that mean 'image.rgb'; 'gray.image' gives f32[N,8,8,1] that mean 'image.gray'
              7 |   - { id: tint, use: pic.mark, in: { image: gray.image } }
                |                                             ^~~~~~~~~~
             note: p.yaml:6:11: 'gray' is set up here as pic.gray
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func otherFixedSize() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: gray, use: pic.gray, in: { image: read.image }
        id: tokens, use: code.quantize, in: { image: gray.image }
        id: count, use: lab.peek, in: { any: tokens.tokens }
        """) == """
          p.yaml:7:52: error[E113]: 'image' of 'tokens' wants f32[N,H,W,3]; 'gray.image' gives f32[N,8,8,1]
              7 |   - { id: tokens, use: code.quantize, in: { image: gray.image } }
                |                                                    ^~~~~~~~~~
             note: p.yaml:6:11: 'gray' is set up here as pic.gray
          1 error, 0 warnings: not queued.
          """)
  }

  /// The size is set at the first stage and refused at the fifth; names of dimensions carry it along.
  @Test func aSizeThatIsWrongSeveralStagesLater() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 16 }
        id: mark, use: pic.mark, in: { image: read.image }
        id: mix, use: pic.mix, in: { first: mark.image, second: read.image }
        id: tokens, use: code.quantize, in: { image: mix.image }
        id: show, use: code.show, in: { tokens: tokens.tokens }
        id: write, use: pic.write, in: { image: show.image }
        """) == """
          p.yaml:9:47: error[E113]: 'tokens' of 'show' wants i32[N,8,8]; 'tokens.tokens' gives i32[N,16,16]
              9 |   - { id: show, use: code.show, in: { tokens: tokens.tokens } }
                |                                               ^~~~~~~~~~~~~
             note: p.yaml:8:11: 'tokens' is set up here as code.quantize
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func oneNameForTwoSizes() throws {
    #expect(
      try faults(
        """
        id: small, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: large, use: pic.read, in: { file: pics }, params: { size: 16 }
        id: mix, use: pic.mix, in: { first: small.image, second: large.image }
        id: write, use: pic.write, in: { image: mix.image }
        """) == """
          p.yaml:7:11: error[E112]: 'first' and 'second' of 'mix' must agree in H, but give 8 and 16
              7 |   - { id: mix, use: pic.mix, in: { first: small.image, second: large.image } }
                |           ^~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func oneNameForTwoSizesSeveralStagesLater() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: gray, use: pic.gray, in: { image: read.image }
        id: mark, use: pic.mark, in: { image: read.image }
        id: mix, use: pic.mix, in: { first: mark.image, second: gray.image }
        id: write, use: pic.write, in: { image: mix.image }
        """) == """
          p.yaml:8:11: error[E112]: 'first' and 'second' of 'mix' must agree in C, but give 3 and 1
              8 |   - { id: mix, use: pic.mix, in: { first: mark.image, second: gray.image } }
                |           ^~~
          1 error, 0 warnings: not queued.
          """)
  }

  /// What a stage's own check says of its output counts more than what its table says.
  @Test func theCheckedTypeCounts() throws {
    bench.checker.answers["read"] = {
      StageCheckResponse.Entry(
        name: $0.name,
        outputs: ["image": TensorSpec(type: .f64, shape: [-1, 8, -1, 3], semantic: "image.rgb")],
        faults: [])
    }
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }
        """) == """
          p.yaml:6:47: error[E109]: 'image' of 'write' wants f32|u8[N,H,W,C]; 'read.image' gives f64[N,8,?,3]
              6 |   - { id: write, use: pic.write, in: { image: read.image } }
                |                                               ^~~~~~~~~~
             note: p.yaml:5:11: 'read' is set up here as pic.read
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func anyRankWillDoForAPortThatSaysSo() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: tokens, use: code.quantize, in: { image: read.image }
        id: one, use: lab.peek, in: { any: read.image }
        id: two, use: lab.peek, in: { any: tokens.tokens }
        """))
    #expect(plan.stages.count == 4)
  }

  /// `image.gray` is an `image`; what has no meaning fits any; a size that is not known yet may fit.
  @Test func whatMayFitIsNoFault() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 1 }
        id: gray, use: pic.gray, in: { image: read.image }
        id: mix, use: pic.mix, in: { first: gray.image, second: gray.image }
        id: tokens, use: code.quantize, in: { image: read.image }
        id: show, use: code.show, in: { tokens: tokens.tokens }
        id: write, use: pic.write, in: { image: gray.image }
        id: more, use: pic.write, in: { image: mix.image }, params: { name: 'mix/{item.name}' }
        id: last, use: pic.write, in: { image: show.image }, params: { name: 'show/{item.name}' }
        """))
    #expect(plan.stages.map(\.outputs["image"]?.shape).first == [-1, -1, -1, 3])
  }
}
