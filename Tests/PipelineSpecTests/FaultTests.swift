import PipelineSpec
import Testing

@Suite struct FaultTests {
  @Test(arguments: Fault.all)
  func saysWhatWhereAndWhatToDo(fault: Fault) {
    let renderer = DiagnosticRenderer(file: "spec.yaml", source: Array(fault.spec.utf8))
    #expect(renderer.text(fault.reading.diagnostics, verdict: "not queued") == fault.message)
  }

  @Test func namesDiffer() {
    #expect(Set(Fault.all.map(\.name)).count == Fault.all.count)
  }

  /// A code nobody can see would be a promise of a check that doesn't exist.
  @Test func everyCodeIsExplainedAndSeen() {
    let readings = Fault.all.map(\.reading) + ByteFault.all.map { PipelineSpec.parse($0.bytes) }
    let seen = Set(readings.flatMap(\.diagnostics).map(\.code))
    #expect(seen == Set(DiagnosticCode.explanations.keys))
    for code in seen {
      #expect(DiagnosticCode.explanation(of: code)?.hasSuffix(".") == true, "\(code)")
    }
  }

  @Test func unknownCodesHaveNoExplanation() {
    #expect(DiagnosticCode.explanation(of: "E999") == nil)
  }

  /// The daemon waits longer for a file that may still be being written.
  @Test func onlyTextThatIsNoYAMLIsASyntaxFault() {
    #expect(PipelineSpec.parse(Array("name: 'x".utf8)).isSyntaxFault)
    #expect(PipelineSpec.parse([]).isSyntaxFault)
    #expect(!PipelineSpec.parse(Array("name: x".utf8)).isSyntaxFault)
    #expect(!PipelineSpec.parse([0xFF]).isSyntaxFault)
  }
}
