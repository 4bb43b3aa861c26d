import ArgumentParser
import JobModel

/// Exit codes that scripts may rely on.
enum Outcome: Int32, CaseIterable {
  case succeeded = 0
  case failed = 1
  /// The spec has faults; nothing ran.
  case rejected = 2
  /// Some items failed, within what the spec allows.
  case partial = 3
  case cancelled = 4
  case timedOut = 5
  case unknownJob = 6
  /// There is no spool, or the daemon doesn't answer.
  case noSpool = 7

  init(_ state: JobState) {
    self =
      switch state {
      case .succeeded: .succeeded
      case .partial: .partial
      case .cancelled: .cancelled
      case .failed: .failed
      case .queued, .running, .paused: .timedOut
      }
  }

  var exitCode: ExitCode { ExitCode(rawValue) }

  /// For the help of commands that exit by outcome.
  static let help = """
    Exit codes: 0 succeeded, 1 failed, 2 spec rejected, 3 partial (some items failed), 4 cancelled, \
    5 time is up, 6 no such job, 7 no spool.
    """
}
