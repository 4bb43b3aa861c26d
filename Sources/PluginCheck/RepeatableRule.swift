import FileNames
import JobModel

/// The same seed gives the same bytes, whatever the batches and threads.
enum RepeatableRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard subject.stage.isDeterministic else {
      return .skipped("it does not declare itself deterministic")
    }
    var findings = Findings()
    let trial = try subject.goodTrial()
    let first = try subject.run(trial)
    compare(first, try subject.run(trial), "a second run gives", &findings)
    var one = trial
    one.batches = [[0], [1], [2]]
    compare(first, try subject.run(one), "batches of one item give", &findings)
    if trial.batches.count < 3 {
      var all = trial
      all.batches = [[0, 1, 2]]
      compare(first, try subject.run(all), "a batch of three items gives", &findings)
    }
    for threads in [1, 4] {
      var other = trial
      other.threads = threads
      compare(first, try subject.run(other), "\(threads) threads give", &findings)
    }
    return findings
  }

  static func compare(
    _ first: TrialResult, _ second: TrialResult, _ circumstances: String,
    _ findings: inout Findings
  ) {
    if let trouble = second.trouble {
      return findings.faults.append("\(circumstances) no result: \(trouble)")
    }
    for (port, rows) in first.rows.sorted(by: { $0.key < $1.key }) {
      let differing = rows.keys.sorted().first { rows[$0] != second.rows[port]?[$0] }
      if let differing {
        findings.faults.append("\(circumstances) other bytes at '\(port)' for item \(differing)")
      }
    }
    for (name, bytes) in first.files.sorted(by: { $0.key < $1.key })
    where bytes != second.files[name] {
      findings.faults.append("\(circumstances) other bytes in the file '\(name.shown)'")
    }
    findings.expect(
      first.metadata == second.metadata, "\(circumstances) other metadata of the items")
  }
}

/// Calls on four threads at once give what calls one after the other give.
enum ParallelRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard subject.stage.isParallel else {
      return .skipped("it does not declare itself parallel")
    }
    var trial = try subject.goodTrial()
    trial.batches = (0..<16).map { [$0] }
    let alone = try subject.run(trial)
    trial.callers = 4
    let together = try subject.run(trial)
    var findings = Findings()
    findings.requireSensibleFailures(together, "on four threads at once")
    if subject.stage.isDeterministic {
      RepeatableRule.compare(alone, together, "calls on four threads at once give", &findings)
    }
    return findings
  }
}
