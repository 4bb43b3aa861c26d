import JobModel

/// Every output is there and is what `check` promised; with and without optional inputs, for each type.
enum OutputsRule {
  static func check(_ subject: Subject) throws -> Findings {
    var findings = Findings()
    let trial: Trial
    do {
      trial = try subject.goodTrial()
    } catch let unfit as Subject.Unfit {
      findings.isSkipped = true
      findings.note = unfit.reason
      findings.warnings = [
        "it was not put to work, it took none of the samples: \(unfit.reason). Give it --item, --params or --shape."
      ]
      return findings
    }
    let result = try subject.run(trial)
    findings.requireSensibleFailures(result, "with \(trial.items.name)")
    findings.note = "\(trial.items.name); batches \(trial.batches.map(\.count))"
    if subject.stage.inputs.contains(where: \.isOptional) {
      var without = trial
      without.hasOptionalInputs = false
      try requireSensible(without, "without optional inputs", subject, &findings)
    }
    let types = subject.stage.inputs.map(\.types.count).max() ?? 0
    for choice in 0..<types where choice > 0 {
      var other = trial
      other.typeChoice = choice
      let names = subject.inputSpecs(other).map { "\($0.spec.type.rawValue) at '\($0.port.name)'" }
      try requireSensible(
        other, "with \(names.joined(separator: " and "))", subject, &findings)
    }
    return findings
  }

  private static func requireSensible(
    _ trial: Trial, _ circumstances: String, _ subject: Subject, _ findings: inout Findings
  ) throws {
    guard try subject.check(trial).faults.isEmpty else { return }
    findings.requireSensibleFailures(try subject.run(trial), circumstances)
  }
}
