import ArgumentParser
import Journal
import Supervision

@main
struct Lattice: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lattice",
    abstract: "Runs pipelines over directories of images, and tells how they fare.",
    discussion: """
      Data goes to standard output, talk to standard error; --json prints data as JSON. Reading commands work \
      while the daemon is down.

      Examples:
        lattice check spec.yaml                  find every fault, run nothing
        lattice run spec.yaml                    run in the foreground, no daemon
        lattice submit spec.yaml --wait          hand in to the daemon, and wait
        cp spec.yaml "$LATTICE_SPOOL/incoming/"  the same without this command
        lattice ps; lattice logs NAME -f; lattice show NAME

      \(Outcome.help)
      """,
    version: "lattice 0.1.0",
    subcommands: [
      CheckCommand.self, RunCommand.self, SubmitCommand.self, PsCommand.self, ShowCommand.self,
      LogsCommand.self, WaitCommand.self, CancelCommand.self, PauseCommand.self,
      ResumeCommand.self, RetryCommand.self, PriorityCommand.self, PluginCommand.self,
      ModelsCommand.self, DoctorCommand.self, GcCommand.self, CompletionCommand.self,
    ])

  static func main() {
    Adoption.begin()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as JournalError {
      say("error: \(error)")
      exit(withError: error.outcome.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}

extension JournalError {
  /// How a command ends that met this.
  fileprivate var outcome: Outcome {
    switch self {
    case .missing, .newerSchema, .unreadable, .damaged: .noSpool
    case .unknownJob, .ambiguousJob, .jobIsGone: .unknownJob
    }
  }
}
