import Planning
import Testing

/// The pipeline as a whole: circles, no way in, no way out, work for nothing (E108, E114, E116, W170, W171).
@Suite struct GraphFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(
    _ stages: String, input: String = "input: { pics: { dir: in } }"
  ) throws -> String {
    try bench.faults(PlanBench.spec(stages, input: input))
  }

  @Test func twoStagesReadFromEachOther() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: one, use: pic.mark, in: { image: two.image }
        id: two, use: pic.mark, in: { image: one.image }
        id: write, use: pic.write, in: { image: two.image }
        """) == """
          p.yaml:5:11: warning[W170]: nobody reads what 'read' puts out
              5 |   - { id: read, use: pic.read, in: { file: pics } }
                |           ^~~~
          p.yaml:6:11: error[E108]: stages read from each other in a circle: one → two → one
              6 |   - { id: one, use: pic.mark, in: { image: two.image } }
                |           ^~~
          1 error, 1 warning: not queued.
          """)
  }

  /// What only reads from the circle is no part of it.
  @Test func aLongCircleIsShownFromStartToStart() throws {
    #expect(
      try faults(
        """
        id: write, use: pic.write, in: { image: c.image }
        id: read, use: pic.read, in: { file: pics }
        id: a, use: pic.mix, in: { first: read.image, second: d.image }
        id: b, use: pic.mark, in: { image: a.image }
        id: c, use: pic.mark, in: { image: b.image }
        id: d, use: pic.mark, in: { image: c.image }
        """) == """
          p.yaml:9:11: error[E108]: stages read from each other in a circle: c → d → a → b → c
              9 |   - { id: c, use: pic.mark, in: { image: b.image } }
                |           ^
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func nothingBringsItemsIn() throws {
    #expect(
      try faults(
        """
        id: count, use: lab.peek, in: { hint: pics }
        """) == """
          p.yaml:5:11: error[E104]: the input 'any' of 'count' (lab.peek) is not connected; it takes f32|i32|u8[…]
              5 |   - { id: count, use: lab.peek, in: { hint: pics } }
                |           ^~~~~
          p.yaml:5:11: error[E114]: no stage brings items in; a source such as image.read@1 has to come first
              5 |   - { id: count, use: lab.peek, in: { hint: pics } }
                |           ^~~~~
          2 errors, 0 warnings: not queued.
          """)
  }

  @Test func nobodyReadsTheFiles() throws {
    #expect(
      try faults(
        """
        id: dice, use: lab.dice
        id: count, use: lab.peek, in: { any: dice.image }
        """) == """
          p.yaml:3:10: error[E116]: no stage reads the files of the input 'pics'
              3 | input: { pics: { dir: in } }
                |          ^~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func nothingIsWritten() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: gray, use: pic.gray, in: { image: read.image }
        """) == """
          p.yaml:6:11: warning[W171]: no stage writes anything; add a sink such as image.write@1
              6 |   - { id: gray, use: pic.gray, in: { image: read.image } }
                |           ^~~~
          0 errors, 1 warning.
          """)
  }

  @Test func nobodyReadsAStage() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: gray, use: pic.gray, in: { image: read.image }
        id: spare, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }
        """) == """
          p.yaml:6:11: warning[W170]: nobody reads what 'gray' puts out
              6 |   - { id: gray, use: pic.gray, in: { image: read.image } }
                |           ^~~~
          p.yaml:7:11: warning[W170]: nobody reads what 'spare' puts out
              7 |   - { id: spare, use: pic.read, in: { file: pics } }
                |           ^~~~~
          0 errors, 2 warnings.
          """)
  }

  @Test func faultsOfSeveralKindsComeInTheOrderOfTheFile() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read@7, in: { file: pics }
        id: gray, use: pic.grey, in: { image: read.image }
        id: write, use: pic.write, in: { imag: gray.image }
        """, input: "input: { pics: { dir: nowhere } }") == """
          p.yaml:3:23: error[E130]: the input folder 'nowhere' is not there (looked for '/bench/nowhere')
              3 | input: { pics: { dir: nowhere } }
                |                       ^~~~~~~
          p.yaml:5:22: error[E101]: there is no version of pic.read for 'pic.read@7'; there is 2.0.0, 1.2.0, 1.0.0
              5 |   - { id: read, use: pic.read@7, in: { file: pics } }
                |                      ^~~~~~~~~~
          p.yaml:6:22: error[E100]: there is no stage 'pic.grey'; did you mean 'pic.gray'?
              6 |   - { id: gray, use: pic.grey, in: { image: read.image } }
                |                      ^~~~~~~~
          p.yaml:7:40: error[E103]: pic.write has no input 'imag'; did you mean 'image'?
              7 |   - { id: write, use: pic.write, in: { imag: gray.image } }
                |                                        ^~~~
          4 errors, 0 warnings: not queued.
          """)
  }
}
