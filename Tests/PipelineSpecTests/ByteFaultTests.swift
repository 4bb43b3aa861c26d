import PipelineSpec
import Testing

@Suite struct ByteFaultTests {
  @Test(arguments: ByteFault.all)
  func saysWhatWhereAndWhatToDo(fault: ByteFault) {
    let renderer = DiagnosticRenderer(file: "spec.yaml", source: fault.bytes)
    let reading = PipelineSpec.parse(fault.bytes)
    #expect(renderer.text(reading.diagnostics, verdict: "not queued") == fault.message)
    #expect(reading.spec == nil)
  }

  /// A key may be a megabyte long: messages must not be, and finding near words must not take minutes.
  @Test func longTextsAreCut() throws {
    let long = String(repeating: "k", count: 500_000)
    let spec = "? \(long)\n: 1\nversion: 1\nname: \(long)\nstages: [{ id: a, use: a.b }]\n"
    let reading = PipelineSpec.parse(Array(spec.utf8))
    let start = String(repeating: "k", count: 60)
    #expect(
      reading.diagnostics.map(\.message) == [
        "unknown key '\(start)…' in the spec; known are version, name, priority, hold, input, stages, output, shards, limits, retry, errors, seed",
        "'\(start)…' can't be a name: names are letters, digits, '-', '_' and '.', at most 64, a letter or digit first",
      ])
    let renderer = DiagnosticRenderer(file: "spec.yaml", source: Array(spec.utf8))
    #expect(renderer.text(reading.diagnostics, verdict: "not queued").utf8.count < 2000)
    #expect(try renderer.json(reading.diagnostics).utf8.count < 2000)
  }
}
