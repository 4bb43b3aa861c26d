import JobModel

/// A call of a cancelled job returns within a second.
enum CancelRule {
  private static let limit = 1.0

  static func check(_ subject: Subject) throws -> Findings {
    var trial = try subject.goodTrial()
    var findings = Findings()
    trial.cancelAfter = 0
    let result = try subject.run(trial)
    findings.expect(
      result.longestCall <= limit * subject.feed.slack,
      "a call took \(Int(result.longestCall * 1000)) ms in a cancelled job; ask is_cancelled often enough to return within a second"
    )
    if let failure = result.failure, failure.failure.code != cancelled {
      findings.requireSensibleFailures(result, "in a cancelled job")
    }
    return findings
  }

  private static let cancelled = StageFailureCode.cancelled
}

/// Statuses that rules look at.
enum StageFailureCode {
  static let noMemory: Int32 = 4
  static let cancelled: Int32 = 6
}

/// A task is started, and cancelled if it takes long.
enum TaskRule {
  /// Seconds that a task gets, and that it may take to leave.
  private static let (start, leave) = (1.0, 1.0)

  static func check(_ subject: Subject) throws -> Findings {
    var trial = Trial(
      parameters: try subject.usualParameters, sizes: SampleSizes.candidates[0],
      items: try subject.itemCandidates().first ?? .none)
    trial.models = subject.feed.models
    trial.cancelAfter = start
    let result = try subject.run(trial)
    var findings = Findings()
    if result.failure?.failure.code != StageFailureCode.cancelled {
      findings.requireSensibleFailures(result, "in a small run")
    }
    findings.expect(
      result.longestCall <= start + leave * subject.feed.slack,
      "it was cancelled after \(start) s and left after \(Int(result.longestCall * 1000)) ms; it has one second"
    )
    findings.note =
      result.failure.map { "\($0.call): \($0.failure.name)" } ?? "it ran to its end"
    return findings
  }
}
