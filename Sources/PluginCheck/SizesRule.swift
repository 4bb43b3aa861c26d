import JobModel

/// Batches of one item and of eight; each size of the inputs 1, then 0.
enum SizesRule {
  static func check(_ subject: Subject) throws -> Findings {
    let trial = try subject.goodTrial()
    var findings = Findings()
    let isSingle = subject.batchLimit(try subject.check(trial)) == 1
    for batches in [[[0]], isSingle ? [[0], [1]] : [Array(0..<8)]] {
      var other = trial
      other.batches = batches
      let result = try subject.run(other)
      let circumstances = "with batches of \(batches[0].count)"
      findings.requireSensibleFailures(result, circumstances)
      if let trouble = result.trouble, findings.faults.isEmpty {
        findings.faults.append("\(circumstances): \(trouble)")
      }
    }
    for name in subject.stage.inputDimensionNames.sorted() {
      for size in [1, 0] {
        var other = trial
        other.sizes = trial.sizes.with(name, size)
        guard try subject.check(other).faults.isEmpty else { continue }
        Announcement.make("size \(name) = \(size)")
        findings.requireSensibleFailures(try subject.run(other), "with \(name) = \(size)")
      }
    }
    return findings
  }
}
