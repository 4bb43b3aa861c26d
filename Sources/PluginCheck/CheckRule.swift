import JobModel
import StageHost

/// The stage's `check`: under 50 ms, without files, and with a sentence for each fault.
enum CheckRule {
  private static let limit = 50.0

  static func check(_ subject: Subject) throws -> Findings {
    guard subject.stage.hasCheck else {
      return Findings.skipped("it has no check: sizes follow from dimension names")
    }
    var findings = Findings()
    let descriptors = ProcessUse.descriptors
    var slowest = 0.0
    for sizes in SampleSizes.candidates {
      let trial = Trial(parameters: try subject.usualParameters, sizes: sizes, items: .none)
      let (answer, milliseconds) = try timed(trial, subject)
      slowest = max(slowest, milliseconds)
      for fault in answer.faults where fault.isBrokenCheck == true {
        findings.faults.append(fault.message)
      }
      for fault in answer.faults {
        findings.expect(
          !fault.message.isEmpty && !fault.message.hasSuffix("gave no reason"),
          "check finds a fault and says nothing about it")
      }
      for (port, spec) in answer.outputs { require(port, spec, subject, &findings) }
    }
    findings.expect(ProcessUse.descriptors == descriptors, "check leaves descriptors open")
    findings.expect(
      slowest <= limit * subject.feed.slack,
      "check takes \(Int(slowest)) ms; it has \(Int(limit * subject.feed.slack)), and opens no files or models"
    )
    try unknownSizes(subject, &findings)
    findings.faults = findings.faults.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    return findings
  }

  /// The answer, and the milliseconds of processor time that a call takes.
  ///
  /// The first call may also pay for binding symbols and building tables, so a slow one is timed again.
  private static func timed(
    _ trial: Trial, _ subject: Subject
  ) throws -> (answer: StageCheckResponse.Entry, milliseconds: Double) {
    var fastest = Double.infinity
    while true {
      let start = ProcessUse.processorSeconds
      let answer = try subject.check(trial)
      let milliseconds = (ProcessUse.processorSeconds - start) * 1000
      if milliseconds <= limit || milliseconds >= fastest {
        return (answer, min(milliseconds, fastest))
      }
      fastest = milliseconds
    }
  }

  /// Sizes may be unknown before a run.
  private static func unknownSizes(_ subject: Subject, _ findings: inout Findings) throws {
    let trial = Trial(
      parameters: try subject.usualParameters, sizes: SampleSizes.candidates[0], items: .none)
    let specs = subject.inputSpecs(trial).map { port, spec in
      (port.name, TensorSpec(type: spec.type, shape: spec.shape.map { _ in -1 }, semantic: nil))
    }
    let entry = StageCheckRequest.Entry(
      name: "trial", pluginPath: subject.library.path, stageID: subject.stage.id,
      parameters: trial.parameters, inputs: [:])
    let answer = try StageCheck.check(
      entry, of: subject.library, inputs: Dictionary(specs, uniquingKeysWith: { $1 }))
    for (port, spec) in answer.outputs { require(port, spec, subject, &findings) }
    for fault in answer.faults where fault.isBrokenCheck == true {
      findings.faults.append(fault.message)
    }
  }

  private static func require(
    _ name: String, _ spec: TensorSpec, _ subject: Subject, _ findings: inout Findings
  ) {
    guard let port = subject.stage.outputs.first(where: { $0.name == name }) else {
      return findings.faults.append("check tells of an output '\(name)', which the stage has not")
    }
    findings.expect(
      port.types.contains(spec.type),
      "check promises \(spec.text) at '\(name)', whose port has no \(spec.type.rawValue)")
    guard let dimensions = port.dimensions else { return }
    findings.expect(
      dimensions.count == spec.shape.count,
      "check promises \(spec.text) at '\(name)', whose port has rank \(dimensions.count)")
    for (dimension, size) in zip(dimensions, spec.shape).dropFirst() {
      if case .fixed(let fixed) = dimension, size != fixed {
        findings.faults.append(
          "check promises \(spec.text) at '\(name)', whose port has a fixed size of \(fixed)")
      }
    }
  }
}
