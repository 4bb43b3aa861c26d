import ArgumentParser
import Foundation
import JobModel
import JobReport

/// Lists jobs.
struct PsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps",
    abstract: "List jobs with their progress.",
    discussion: """
      Without --all: jobs that have not ended, and the ten that ended last.

      Examples:
        lattice ps
        lattice ps --state failed --json
        lattice ps --all --outputs
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var output: OutputOptions
  @Flag(name: .shortAndLong, help: "List all jobs.") var all = false
  @Option(
    help: "Only jobs in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", ")).")
  var state: JobState?
  @Flag(help: "Also show where each job's results and report are.") var outputs = false

  func run() throws {
    let view = try SpoolView(spool.folder)
    var jobs = try view.jobs()
    if let state { jobs = jobs.filter { $0.state == state } }
    if !all {
      let open = jobs.filter { !$0.state.isFinal }
      let ended = jobs.filter(\.state.isFinal).sorted {
        ($0.endedMilliseconds ?? 0, $0.id) < ($1.endedMilliseconds ?? 0, $1.id)
      }.suffix(10)
      jobs = (open + ended).sorted { $0.id < $1.id }
    }
    if output.json { return try printJSON(jobs) }
    let waiting = WaitingSpecs.all(in: spool.folder)
    defer { waiting.forEach { print(WaitingSpecs.line($0)) } }
    guard !jobs.isEmpty || !waiting.isEmpty else {
      return say("no jobs in \(spool.folder.path)")
    }
    guard !jobs.isEmpty else { return }
    print(table(of: jobs, view).text(for: .output), terminator: "")
    if outputs { jobs.forEach(printPlaces) }
  }

  private func table(of jobs: [JobSummary], _ view: SpoolView) -> TextTable {
    var table = TextTable([
      ("JOB", .left), ("NAME", .left), ("STATE", .left), ("DONE", .right), ("FAILED", .right),
      ("TIME", .right), ("RATE", .right), ("LEFT", .right), ("", .left),
    ])
    for job in jobs {
      let bar = view.bar(of: job)
      let isRunning = job.state == .running
      table.add(
        [
          job.id.text, job.name, job.state.rawValue,
          job.task == nil ? "\(job.itemsDone)/\(job.itemsTotal)" : bar.counts,
          "\(job.itemsFailed)", Quantity.duration(job.seconds),
          isRunning ? bar.rate.map(Quantity.rate) ?? "" : "",
          isRunning ? bar.remaining.map(Quantity.duration) ?? "" : "", job.message ?? "",
        ], styles: [2: job.state.style])
    }
    return table
  }

  private func printPlaces(_ job: JobSummary) {
    let folder = spool.folder.job(job.id)
    print("\n\(job.name)\n  results  \(job.outputDirectory ?? folder.outputs)")
    if FileManager.default.fileExists(atPath: folder.report) {
      print("  report   \(folder.report)")
    }
  }
}

extension JobState: ExpressibleByArgument {
  /// How lists show the state.
  var style: Terminal.Style {
    switch self {
    case .succeeded: .green
    case .failed: .red
    case .partial, .cancelled, .paused: .yellow
    case .running: .cyan
    case .queued: .dim
    }
  }
}
