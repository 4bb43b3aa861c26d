import JobModel

/// NaN, infinities and the ends of the integers: an item may fail with a sentence, and nothing more.
enum ExtremesRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard subject.stage.inputs.contains(where: { !$0.isFile }) else {
      return .skipped("it has no tensor inputs")
    }
    var findings = Findings()
    var trial = try subject.goodTrial()
    let types = subject.stage.inputs.map(\.types.count).max() ?? 1
    for values in SampleValues.allCases where values != .ordinary {
      for choice in 0..<types {
        trial.values = values
        trial.typeChoice = choice
        guard try subject.check(trial).faults.isEmpty else { continue }
        let names = subject.inputSpecs(trial).map(\.spec.type.rawValue).joined(separator: ", ")
        Announcement.make("\(values.name) in inputs of \(names)")
        findings.requireSensibleFailures(try subject.run(trial), "with \(values.name) in \(names)")
      }
    }
    return findings
  }
}
