import ArgumentParser
import FileNames
import Foundation
import JobModel
import JobReport

/// Shows one job in full.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a job: outcome, stages, attempts, failed items, where its files are.",
    discussion: """
      A job is named by its id, the beginning of its id, or its name (the last one of that name).

      Examples:
        lattice show tokenize
        lattice show 20261123-140502-k3x9ab --json
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Job id, its beginning, or job name.") var job: String
  @Flag(help: "Also list the journal's events.") var events = false

  func run() throws {
    let view = try SpoolView(spool.folder)
    let job = try view.find(job)
    let details = try JobDetails(job, view: view, folder: spool.folder.job(job.id))
    if output.json { return try printJSON(details) }
    printHead(details)
    printAttempts(details)
    printFailed(details)
    printDamaged(details)
    if events {
      for event in details.events {
        print(
          "\(CivilTime(secondsSince1970: event.milliseconds / 1000).iso8601)  \(event.text.shown)")
      }
    }
  }

  private func printHead(_ details: JobDetails) {
    let job = details.job
    let state = Terminal.output.styled(job.state.rawValue, job.state.style)
    print("\(job.name)  \(state)  (\(job.id))")
    if let message = job.message { print("  \(message.shown)") }
    print("  items    \(job.itemsDone) done, \(job.itemsFailed) failed, \(job.itemsTotal) in all")
    if let damaged = details.result?.itemsDamaged {
      print("  damaged  \(damaged) of those done")
    }
    print("  shards   \(details.shardsDone) of \(job.shardCount) done")
    print("  time     \(Quantity.duration(job.seconds))")
    if let task = job.task {
      print("  task     \(ProgressBar(name: "", task: task).counts)")
    }
    if let model = details.result?.model { print("  model    \(model)") }
    print("  results  \(job.outputDirectory ?? details.folder)")
    print("  logs     lattice logs \(job.id)   (\(details.folder)/logs)")
    if details.hasReport { print("  report   \(details.folder)/report.html") }
    for stage in details.result?.stages ?? [] {
      let rate = Quantity.rate(Double(stage.items) / max(stage.seconds, 1e-9))
      print(
        "  stage    \(stage.stage): \(stage.items) items, \(Quantity.duration(stage.seconds)), \(rate)"
      )
    }
  }

  private func printAttempts(_ details: JobDetails) {
    for attempt in details.failedAttempts {
      print(
        "\nshard \(attempt.shard), attempt \(attempt.attempt): \(attempt.failure.message.shown)")
      for frame in attempt.failure.stack.prefix(12) { print("    \(frame.shown)") }
    }
  }

  private func printDamaged(_ details: JobDetails) {
    guard !details.damagedItems.isEmpty else { return }
    print("\ndamaged items, done with what they still show (\(details.folder)/damaged.jsonl):")
    for item in details.damagedItems { print("  \(item.id.shown)  \(item.reason.shown)") }
  }

  private func printFailed(_ details: JobDetails) {
    guard !details.failedItems.isEmpty else { return }
    print("\nfailed items (\(details.folder)/failed.jsonl):")
    for item in details.failedItems {
      print("  \(item.id.shown)  [\(item.stage)] \(item.reason.shown)")
    }
  }
}

/// All that `show` knows of a job.
struct JobDetails: Encodable {
  var job: JobSummary
  /// Absolute path of the job's directory.
  var folder: String
  var hasReport: Bool
  var shardsDone: Int
  var result: JobResult?
  var failedAttempts: [JobResult.FailedAttempt]
  /// The first twenty.
  var failedItems: [FailedItem]
  /// The first twenty that were done with what their damaged data still shows.
  var damagedItems: [DamagedItem]
  var events: [JobEventLine]

  init(_ job: JobSummary, view: SpoolView, folder: JobFolder) throws {
    self.job = job
    self.folder = folder.path
    hasReport = FileManager.default.fileExists(atPath: folder.report)
    shardsDone = try view.doneShards(of: job.id)
    result = FileManager.default.contents(atPath: folder.result).flatMap {
      try? JSONDecoder().decode(JobResult.self, from: $0)
    }
    failedAttempts = try view.failedAttempts(of: job.id)
    failedItems = FailedItems.read(folder, limit: 20)
    damagedItems = FailedItems.damaged(folder, limit: 20)
    events = try view.events(of: job.id)
  }
}
