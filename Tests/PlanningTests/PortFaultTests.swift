import Planning
import Testing

/// Connections to what is not there, or not of that kind: E103 to E107.
@Suite struct PortFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(_ stages: String) throws -> String {
    try bench.faults(PlanBench.spec(stages))
  }

  @Test func anUnknownInputPort() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { imgae: read.image }
        """) == """
          p.yaml:6:40: error[E103]: pic.write has no input 'imgae'; did you mean 'image'?
              6 |   - { id: write, use: pic.write, in: { imgae: read.image } }
                |                                        ^~~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func anInputPortFarFromAny() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: mix, use: pic.mix, in: { first: read.image, second: read.image, alpha: read.image }
        id: write, use: pic.write, in: { image: mix.image }
        """) == """
          p.yaml:6:75: error[E103]: pic.mix has no input 'alpha'; it has first, second, mask
              6 | use: pic.mix, in: { first: read.image, second: read.image, alpha: read.image } }
                |                                                            ^~~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func aStageWithoutInputsHasNoPorts() throws {
    #expect(
      try faults(
        """
        id: train, use: lab.train, in: { file: pics }
        """) == """
          p.yaml:5:40: error[E103]: lab.train has no input 'file'; it has none
              5 |   - { id: train, use: lab.train, in: { file: pics } }
                |                                        ^~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func aPortThatIsNotConnected() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read
        id: mix, use: pic.mix, in: { first: read.image }
        id: write, use: pic.write, in: { image: mix.image }
        """) == """
          p.yaml:5:11: error[E104]: the input 'file' of 'read' (pic.read) is not connected; it takes the name of the input
              5 |   - { id: read, use: pic.read }
                |           ^~~~
          p.yaml:6:11: error[E104]: the input 'second' of 'mix' (pic.mix) is not connected; it takes f32[N,H,W,C]
              6 |   - { id: mix, use: pic.mix, in: { first: read.image } }
                |           ^~~
          2 errors, 0 warnings: not queued.
          """)
  }

  @Test func aFilePortConnectedToAStage() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: again, use: pic.read, in: { file: read.image }
        id: write, use: pic.write, in: { image: again.image }
        """) == """
          p.yaml:6:45: error[E105]: 'file' of pic.read takes files, not a tensor; connect it to 'pics'
              6 |   - { id: again, use: pic.read, in: { file: read.image } }
                |                                             ^~~~~~~~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func aTensorPortConnectedToFiles() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: pics }
        """) == """
          p.yaml:5:11: warning[W170]: nobody reads what 'read' puts out
              5 |   - { id: read, use: pic.read, in: { file: pics } }
                |           ^~~~
          p.yaml:6:47: error[E106]: 'image' of pic.write takes f32|u8[N,H,W,C], not files; connect it to a stage's output
              6 |   - { id: write, use: pic.write, in: { image: pics } }
                |                                               ^~~~
          1 error, 1 warning: not queued.
          """)
  }

  @Test func anUnknownOutputPort() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.imag }
        """) == """
          p.yaml:6:47: error[E107]: 'read' (pic.read) has no output 'imag'; did you mean 'read.image'?
              6 |   - { id: write, use: pic.write, in: { image: read.imag } }
                |                                               ^~~~~~~~~
             note: p.yaml:5:11: 'read' is set up here
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func anOutputPortFarFromAny() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: tokens, use: code.quantize, in: { image: read.image }
        id: write, use: pic.write, in: { image: tokens.pixels }
        """) == """
          p.yaml:7:47: error[E107]: 'tokens' (code.quantize) has no output 'pixels'; it has tokens
              7 |   - { id: write, use: pic.write, in: { image: tokens.pixels } }
                |                                               ^~~~~~~~~~~~~
             note: p.yaml:6:11: 'tokens' is set up here
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func aSinkHasNoOutputs() throws {
    #expect(
      try faults(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }
        id: more, use: pic.write, in: { image: write.image }
        """) == """
          p.yaml:7:11: error[E143]: 'write' and 'more' would both write 'a.png'; give them different names
              7 |   - { id: more, use: pic.write, in: { image: write.image } }
                |           ^~~~
          p.yaml:7:46: error[E107]: 'write' (pic.write) has no output 'image'; it has none
              7 |   - { id: more, use: pic.write, in: { image: write.image } }
                |                                              ^~~~~~~~~~~
             note: p.yaml:6:11: 'write' is set up here
          2 errors, 0 warnings: not queued.
          """)
  }
}
