import Foundation
import PipelineSpec
import Testing

/// Spoilt specs are read or refused, never more; `LATTICE_TEST_LONG=1` tries them for a minute.
@Suite struct MutationTests {
  private static let isLong = ProcessInfo.processInfo.environment["LATTICE_TEST_LONG"] == "1"

  @Test(.timeLimit(.minutes(3)))
  func spoiltSpecsAreReadOrRefused() throws {
    let sound = try ShippedSpecs.names.map(ShippedSpecs.bytes) + [Array(FullSpec.text.utf8)]
    var mutator = SpecMutator(seed: 20_260_722)
    let end = ContinuousClock.now + .seconds(60)
    var round = 0
    var refused = 0
    while Self.isLong ? ContinuousClock.now < end : round < 3000 {
      let bytes = mutator.spoil(sound[round % sound.count])
      let reading = PipelineSpec.parse(bytes)
      if let problem = try problem(reading, bytes) {
        Issue.record("round \(round): \(problem) in\n\(String(decoding: bytes, as: UTF8.self))")
        return
      }
      round += 1
      refused += reading.hasErrors ? 1 : 0
    }
    // A mutator that spoils nothing, or everything beyond YAML, would test little.
    #expect(refused > round / 2)
    #expect(refused < round)
  }

  /// What is wrong with a reading; nil when nothing is.
  private func problem(_ reading: PipelineSpec.Reading, _ bytes: [UInt8]) throws -> String? {
    let faults = reading.diagnostics
    if reading.spec == nil, !reading.hasErrors { return "neither spec nor fault" }
    let lines = MarkedLines(bytes)
    for fault in faults {
      if fault.message.isEmpty { return "a fault without words" }
      if DiagnosticCode.explanation(of: fault.code) == nil { return "\(fault.code) unexplained" }
      for mark in [fault.mark].compactMap(\.self) + fault.notes.compactMap(\.mark) {
        guard lines.contains(mark) else { return "\(fault) lies outside" }
      }
    }
    let renderer = DiagnosticRenderer(file: "spec.yaml", source: bytes)
    let text = renderer.text(faults, verdict: "not queued")
    if text.unicodeScalars.contains(where: {
      $0 != "\n" && $0.properties.generalCategory == .control
    }) {
      return "a control character in \(text.debugDescription)"
    }
    let carets = text.split(separator: "\n").count { $0.hasPrefix("      | ") && $0.contains("^") }
    if carets < faults.count(where: { $0.mark != nil }) { return "a caret missing in \(text)" }
    let json = try JSONSerialization.jsonObject(with: Data(renderer.json(faults).utf8))
    return (json as? [Any])?.count == faults.count ? nil : "JSON of another length"
  }
}
