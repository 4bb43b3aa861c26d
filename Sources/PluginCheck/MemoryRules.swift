import JobModel

/// Inputs are only read: they lie in memory that can't be written.
enum InputsRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard subject.stage.inputs.contains(where: { !$0.isFile }) else {
      return .skipped("it has no tensor inputs")
    }
    var trial = try subject.goodTrial()
    trial.inputMemory = .sealed
    var findings = Findings()
    findings.requireSensibleFailures(try subject.run(trial), "with read-only inputs")
    return findings
  }
}

/// Nothing is written beside an output, nothing read beside an input: both end at pages that can't be touched.
enum BoundsRule {
  static func check(_ subject: Subject) throws -> Findings {
    subject.guardsOutputs = true
    var trial = try subject.goodTrial()
    trial.inputMemory = .guarded
    // Eight by eight elements end at a page and are aligned as well.
    var even = trial
    even.sizes = SampleSizes.candidates[1]
    if try subject.check(even).faults.isEmpty { trial = even }
    var findings = Findings()
    for batches in [trial.batches, [[0], [1], [2]]] {
      trial.batches = batches
      findings.requireSensibleFailures(try subject.run(trial), "between guard pages")
    }
    findings.faults = Array(findings.faults.prefix(1))
    return findings
  }
}

/// An input that another plugin gave is aligned to its elements only.
enum AlignmentRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard subject.stage.inputs.contains(where: { !$0.isFile }) else {
      return .skipped("it has no tensor inputs")
    }
    var trial = try subject.goodTrial()
    let aligned = try subject.run(trial)
    trial.inputMemory = .unaligned
    let result = try subject.run(trial)
    var findings = Findings()
    findings.requireSensibleFailures(result, "with inputs aligned to their elements only")
    if subject.stage.isDeterministic {
      findings.expect(
        result.rows == aligned.rows,
        "inputs that are aligned to their elements only give other results")
    }
    return findings
  }
}

/// The host has no memory, or too little.
enum MemoryRule {
  static func check(_ subject: Subject) throws -> Findings {
    var trial = try subject.goodTrial()
    let needed = try subject.run(trial).highestBytes
    guard needed > 0 else { return .skipped("it takes no memory from the host") }
    var findings = Findings()
    for limit in Set([0, needed / 2, needed - 1]).sorted() {
      trial.memoryLimit = limit
      findings.requireSensibleFailures(try subject.run(trial), "with a limit of \(limit) bytes")
    }
    findings.note = "it needs \(needed) bytes"
    return findings
  }
}
