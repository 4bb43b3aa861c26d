import ArgumentParser
import JobModel

/// Waits until jobs have ended, showing their progress.
struct WaitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until jobs have ended; exit by the worst outcome.",
    discussion: """
      \(Outcome.help)

      A name stands for the last job of that name when the command starts; one that is handed in later under the
      same name is not waited for.

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
    let wait = JobWait(
      spool: spool.folder, end: timeout.map { .now + .bounded(seconds: $0.seconds) }, isQuiet: quiet
    )
    let ended = try wait.run(for: try all ? .all(atLeast: expect) : .these(namedJobs()))
    if output.json { try printJSON(ended) }
    if let worst = Outcome.worst(of: ended) { throw worst.exitCode }
  }

  /// The jobs that are meant, found once: a later job of the same name is another one.
  private func namedJobs() throws -> [JobID] {
    let view = try SpoolView(spool.folder)
    return try jobs.map { try view.find($0).id }
  }
}
