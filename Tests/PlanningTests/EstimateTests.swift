import JobModel
import Planning
import Testing

/// What a run would take: E160, E161, W172, W173, W175, and the batch.
@Suite struct EstimateTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func spec(
    size: Int, sink: String = "pic.write", input: String = "count: 1", more: String
  ) -> String {
    PlanBench.spec(
      """
      id: read, use: pic.read, in: { file: pics }, params: { size: \(size) }
      id: write, use: \(sink), in: { image: read.image }, params: { name: '{item.number}.png' }
      """, input: "input: { pics: { \(input) } }", more: more)
  }

  /// `/proc` has no room at all.
  @Test func resultsThatCantFitOnTheDisk() throws {
    #expect(
      try bench.faults(
        spec(size: 1024, input: "count: 400", more: "output: { dir: /proc/results }")) == """
          p.yaml:7:16: error[E160]: the results take up to 1 GiB, and 0 bytes are free in '/proc'
              7 | output: { dir: /proc/results }
                |                ^~~~~~~~~~~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func resultsThatMayNotFitOnTheDisk() throws {
    #expect(
      try bench.faults(spec(size: 2, more: "output: { dir: /proc/results }")) == """
        p.yaml:7:16: warning[W173]: the results take up to 12 bytes, and 0 bytes are free in '/proc'
            7 | output: { dir: /proc/results }
              |                ^~~~~~~~~~~~~
        0 errors, 1 warning.
        """)
  }

  @Test func aGuessTooLargeToCountIsStillAGuess() throws {
    bench.checker.answers["read"] = {
      StageCheckResponse.Entry(
        name: $0.name,
        outputs: [
          "image": TensorSpec(
            type: .f32, shape: [-1, 1 << 40, 1 << 40, 3], semantic: "image.rgb")
        ], faults: [])
    }
    #expect(
      try bench.faults(
        PlanBench.spec(
          """
          id: read, use: pic.read, in: { file: pics }
          id: peek, use: lab.peek, in: { any: read.image }
          """, more: "limits: { memory: 4GiB }\noutput: { dir: /proc/results }")) == """
          p.yaml:7:19: error[E161]: one item needs about 8589934591 GiB between its stages, more than the limit of 4 GiB
              7 | limits: { memory: 4GiB }
                |                   ^~~~
          p.yaml:8:16: error[E160]: the results take up to 8589934591 GiB, and 0 bytes are free in '/proc'
              8 | output: { dir: /proc/results }
                |                ^~~~~~~~~~~~~
          2 errors, 0 warnings: not queued.
          """)
  }

  @Test func anItemThatDoesNotFitInTheMemory() throws {
    #expect(
      try bench.faults(spec(size: 16384, more: "limits: { memory: 512MiB }")) == """
        p.yaml:7:19: error[E161]: one item needs about 3 GiB between its stages, more than the limit of 512 MiB
            7 | limits: { memory: 512MiB }
              |                   ^~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func moreThreadsThanTheMachineHas() throws {
    #expect(
      try bench.faults(spec(size: 8, more: "limits: { cpus: 9 }")) == """
        p.yaml:7:17: warning[W172]: a worker may use 9 threads, this machine has 8
            7 | limits: { cpus: 9 }
              |                 ^
        0 errors, 1 warning.
        """)
    #expect(
      try bench.faults(spec(size: 8, more: "limits: { cpus: 8 }")) == "0 errors, 0 warnings.")
  }

  @Test func aBatchOfItemsThatDifferInSize() throws {
    let text = spec(size: 1, more: "limits: { batch: 4 }")
    #expect(
      try bench.faults(text) == """
        p.yaml:7:18: warning[W175]: items differ in size, so stages work on one at a time; 'batch' is not used
            7 | limits: { batch: 4 }
              |                  ^
        0 errors, 1 warning.
        """)
    let result = try bench.result(text)
    #expect(result.plan?.batch == 1)
    #expect(
      result.plan?.warnings == [
        "items differ in size, so stages work on one at a time; 'batch' is not used"
      ])
  }

  @Test func theBatchIsWhatIsAskedForIfItFits() throws {
    #expect(try bench.plan(spec(size: 8, more: "limits: { batch: 40 }")).batch == 40)
    #expect(try bench.plan(spec(size: 8, more: "")).batch == 16)
    // 1024 × 1024 × 3 × 4 bytes are 12 MiB; a twelfth of 1 GiB holds seven.
    #expect(
      try bench.plan(spec(size: 1024, more: "limits: { batch: 40, memory: 1GiB }")).batch == 7)
    #expect(
      try bench.plan(spec(size: 1024, more: "limits: { batch: 40, memory: 13MiB }")).batch == 1)
  }

  @Test func theSmallestWishOfAStageCounts() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 8 }
        id: mix, use: pic.mix, in: { first: read.image, second: read.image }
        id: write, use: pic.write, in: { image: mix.image }
        """))
    #expect(plan.batch == 4)
  }
}
