import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct BacktraceTextTests {
  private let text = """
    some talk of the stage
    Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range

    *** Program crashed: Illegal instruction at 0x00007faa5d76df7f ***

    Thread 0 "worker" crashed:

      0      0x00007faa5d76df7f closure #1 in _assertionFailure(_:_:file:line:) + 623 in libswiftCore.so
      1 [ra] 0x0000563409e3eff0 inner(_:_:) + 47 in worker
      2 [ra] 0x0000563409e3ef29 0x563409e3ef29 in libx.so
    ...
    """

  @Test func findsTheFunctions() {
    #expect(
      BacktraceText.functions(in: text)
        == ["closure #1 in _assertionFailure(_:_:file:line:)", "inner(_:_:)", "0x563409e3ef29"])
  }

  @Test func reportBeginsWhereTheCrashDoes() {
    #expect(BacktraceText.report(in: text).hasPrefix("Fatal error: Index out of range"))
    #expect(BacktraceText.report(in: "all is well").isEmpty)
  }
}
