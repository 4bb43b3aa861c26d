import ArgumentParser
import Foundation
import JobModel

/// Waits until jobs have ended, showing their progress.
struct WaitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until jobs have ended; exit by the worst outcome.",
    discussion: """
      \(Outcome.help)

      Examples:
        lattice wait tokenize
        lattice wait --all --timeout 10m
        lattice wait --all --expect 3        until three jobs came and ended
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Job ids, their beginnings, or names.") var jobs: [String] = []
  @Flag(help: "Wait for all jobs of the spool.") var all = false
  @Option(help: "With --all: there will be at least this many jobs.") var expect = 0
  @Option(help: "Give up after this long: 30s, 10m, 2h.", transform: DurationOption.init)
  var timeout: DurationOption?
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false

  func validate() throws {
    if jobs.isEmpty && !all { throw ValidationError("name a job, or say --all") }
  }

  func run() throws {
    let clock = ContinuousClock()
    let end = timeout.map { clock.now + .bounded(seconds: $0.seconds) }
    var display = ProgressDisplay()
    while true {
      let view = try SpoolView(spool.folder)
      let wanted = try all ? view.jobs() : jobs.map(view.find)
      if !quiet { display.show(wanted.map { view.bar(of: $0) }) }
      if wanted.count >= expect, wanted.allSatisfy(\.state.isFinal) {
        return try finish(wanted)
      }
      if let end, clock.now >= end {
        say("time is up: \(wanted.count { !$0.state.isFinal }) jobs have not ended")
        throw Outcome.timedOut.exitCode
      }
      usleep(100_000)
    }
  }

  /// Prints the jobs when asked for data, and exits by the worst outcome.
  private func finish(_ jobs: [JobSummary]) throws {
    if output.json { try printJSON(jobs) }
    for state in [JobState.failed, .cancelled, .partial]
    where jobs.contains(where: { $0.state == state }) {
      throw Outcome(state).exitCode
    }
  }
}
