import JobModel
import Synchronization

/// Failures of calls that run at the same time, by the call's number.
final class CallFailures: Sendable {
  private let failures: Mutex<[TrialResult.StageFailureText?]>

  init(count: Int) { failures = Mutex(Array(repeating: nil, count: count)) }

  func set(_ index: Int, _ failure: TrialResult.StageFailureText) {
    failures.withLock { $0[index] = failure }
  }

  subscript(_ index: Int) -> TrialResult.StageFailureText? { failures.withLock { $0[index] } }
}
