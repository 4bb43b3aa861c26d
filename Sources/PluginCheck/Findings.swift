import JobModel

/// What a rule has to say.
struct Findings {
  var faults: [String] = []
  var warnings: [String] = []
  var note: String?
  var isSkipped = false

  /// The rule does not apply.
  static func skipped(_ reason: String) -> Findings { Findings(note: reason, isSkipped: true) }

  mutating func expect(_ condition: Bool, _ fault: @autoclosure () -> String) {
    if !condition { faults.append(fault()) }
  }

  mutating func prefer(_ condition: Bool, _ warning: @autoclosure () -> String) {
    if !condition { warnings.append(warning()) }
  }

  /// Notes a failure that says nothing, or has no place in a good stage.
  ///
  /// - Parameters:
  ///   - result: Of a trial that may fail, but not anyhow.
  ///   - circumstances: What the trial was about: "with NaN".
  mutating func requireSensibleFailures(_ result: TrialResult, _ circumstances: String) {
    if let failure = result.failure {
      requireSensible(failure.failure, failure.call, circumstances)
    }
    for (item, failure) in result.itemFailures.sorted(by: { $0.key < $1.key }).prefix(1) {
      requireSensible(failure, "item \(item) of process", circumstances)
    }
    for broken in result.broken.prefix(1) { faults.append("\(circumstances): \(broken)") }
    for damage in result.damage.prefix(1) { faults.append("\(circumstances): it \(damage)") }
  }

  private mutating func requireSensible(
    _ failure: TrialResult.StageFailureText, _ call: String, _ circumstances: String
  ) {
    if failure.message.hasSuffix("and gave no reason") || failure.message == "no reason given" {
      faults.append(
        "\(circumstances) \(call) fails with '\(failure.name)' and no sentence; call set_error first"
      )
    } else if failure.code < 0 {
      faults.append("\(circumstances): \(failure.message)")
    } else if failure.code == 7 {
      faults.append(
        "\(circumstances) \(call) fails with INTERNAL, which means a mistake of its own: \(failure.message)"
      )
    }
  }
}
