import Foundation
import JobModel

/// Waits until jobs have ended, showing their progress; `wait` and `submit --wait` share it.
struct JobWait {
  /// Which jobs are waited for.
  enum Jobs {
    /// All there are, and at least so many.
    case all(atLeast: Int)
    case these([JobID])
  }

  var spool: SpoolFolder
  /// When to give up; nil for never.
  var end: ContinuousClock.Instant?
  var isQuiet: Bool

  /// Waits.
  ///
  /// - Returns: The jobs, each in its final state.
  /// - Throws: ``Outcome/timedOut`` when time is up; `JournalError` when a job is not there any more.
  func run(for wanted: Jobs) throws -> [JobSummary] {
    var display = ProgressDisplay()
    while true {
      let view = try SpoolView(spool)
      let jobs: [JobSummary]
      let least: Int
      switch wanted {
      case .all(let count): (jobs, least) = (try view.jobs(), count)
      case .these(let ids): (jobs, least) = (try ids.map { try view.find($0.text) }, 0)
      }
      if !isQuiet { display.show(jobs.map { view.bar(of: $0) }) }
      if jobs.count >= least, jobs.allSatisfy(\.state.isFinal) { return jobs }
      if let end, ContinuousClock.now >= end {
        say("time is up: \(jobs.count { !$0.state.isFinal }) jobs have not ended")
        throw Outcome.timedOut.exitCode
      }
      usleep(100_000)
    }
  }
}

extension Outcome {
  /// The worst outcome of jobs that have ended; nil when all succeeded.
  static func worst(of jobs: [JobSummary]) -> Outcome? {
    let states = Set(jobs.map(\.state))
    return [JobState.failed, .cancelled, .partial].first(where: states.contains).map(Outcome.init)
  }
}
