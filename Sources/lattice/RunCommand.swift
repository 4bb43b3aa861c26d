import ArgumentParser
import FileNames
import Foundation
import JobModel
import JobReport
import PipelineSpec
import StageCatalog
import Supervision
import YAML

/// Runs a spec in the foreground.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a spec in the foreground, without a daemon.",
    discussion: """
      Relative paths of the spec are resolved against its own folder. Results go to the folder that the spec \
      names, else to --out, else to ./NAME after the spec's name, or to ./NAME-results where ./NAME is the \
      input. A run that was stopped with ctrl-C goes on where it was when the same command is given again; with \
      another --out it begins anew, unless nothing was published yet. A second ctrl-C does not wait for the stages \
      that are at work.

      \(Outcome.help)

      Examples:
        lattice run spec.yaml
        lattice run spec.yaml --out results --slots 4
        lattice run spec.yaml --json --quiet
      """)

  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "The spec; - is standard input.", completion: .file(extensions: ["yaml", "yml"]))
  var spec: String
  @Option(help: "Folder of results, if the spec names none.", completion: .directory)
  var out: String?
  @Option(
    help: "Folder for logs, the report and what a later run goes on from. Default: .lattice/NAME.",
    completion: .directory)
  var work: String?
  @Option(
    help: """
      Folder of models, searched before the usual ones; a model that the run makes is published there. Default: \
      that of the spool, $LATTICE_SPOOL/models.
      """,
    completion: .directory)
  var models: String?
  @Option(help: "Threads for all workers together. Default: one for each CPU.") var slots: Int?
  @Flag(name: .shortAndLong, help: "Show no progress and no summary.") var quiet = false

  func validate() throws {
    if let slots, !(1...4096).contains(slots) {
      throw ValidationError("--slots must be 1 to 4096, not \(slots)")
    }
  }

  func run() throws {
    // A spec may be a pipe, and whoever waits for it can interrupt that.
    let file = try SpecFile(spec)
    // Before anything that might start a thread: signals are taken from a descriptor.
    let signals = StopSignals()
    let place = place(for: file)
    let run: ForegroundRun
    do { run = try ForegroundRun(place) } catch { throw failure("\(error)") }
    let started = ContinuousClock.now
    var display = ProgressDisplay()
    var doneBefore: Int?
    let outcome = try run.run(
      file.bytes, signals: signals,
      onPlan: { _, plan, warnings in
        if !warnings.isEmpty && !quiet { file.show(warnings, verdict: "") }
        if let folder = run.abandonedOutput, !quiet {
          say(
            "an interrupted run left results in '\(folder)'; this one begins anew in '\(plan.output.directory)'"
          )
        }
      },
      onProgress: { progress in
        let done = progress.itemsDone + progress.itemsFailed
        if doneBefore == nil { doneBefore = done }
        if !quiet { display.show([Self.bar(progress, since: started, doneBefore ?? done)]) }
      })
    switch outcome {
    case .rejected(let faults):
      file.show(faults, verdict: "nothing ran")
      throw Outcome.rejected.exitCode
    case .interrupted:
      say("stopped; the same command goes on from here")
      throw Outcome.cancelled.exitCode
    case .ended(let result):
      try finish(result, place)
    }
  }

  private func place(for file: SpecFile) -> ForegroundRun.Place {
    let spec = PipelineSpec.parse(file.bytes).spec
    let name = spec?.name.value ?? "job"
    let spool = SpoolFolder(path: absolute(work ?? ".lattice/\(name)"))
    var place = ForegroundRun.Place(
      spool: spool, base: file.folder,
      slots: slots ?? ProcessInfo.processInfo.activeProcessorCount)
    place.output = absolute(out ?? ResultsFolder.usual(for: name, spec, base: file.folder))
    let usual = SpoolOptions.usualFolder
    place.models = ModelFolders.searchPath(named: models.map(absolute), spool: usual)
    place.publishedModels = absolute(models ?? usual.models)
    place.pluginFolders = plugins.folders
    return place
  }

  private static func bar(
    _ progress: JobProgress, since start: ContinuousClock.Instant, _ doneBefore: Int
  ) -> ProgressBar {
    if let task = progress.task, progress.state == .running {
      return ProgressBar(name: progress.name, task: task)
    }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    return ProgressBar(
      name: progress.name, done: progress.itemsDone + progress.itemsFailed,
      total: progress.itemsTotal, doneBefore: doneBefore, elapsed: elapsed,
      note: progress.state == .running ? nil : progress.pause ?? progress.state.rawValue)
  }

  private func finish(_ result: JobResult, _ place: ForegroundRun.Place) throws {
    if output.json { try printJSON(result) }
    let folder = place.spool.job(result.id)
    if !quiet || result.state == .failed { summarize(result, folder) }
    let outcome = Outcome(result.state)
    if outcome != .succeeded { throw outcome.exitCode }
  }

  private func summarize(_ result: JobResult, _ folder: JobFolder) {
    let state = Terminal.talk.styled(result.state.rawValue, result.state.style)
    let seconds =
      Double(
        result.endedMilliseconds - (result.startedMilliseconds ?? result.submittedMilliseconds))
      / 1000
    say(
      "\(result.name) \(state): \(result.itemsDone) items done, \(result.itemsFailed) failed, "
        + "\(result.filesWritten) files (\(Quantity.bytes(result.bytesWritten))) in \(Quantity.duration(seconds))"
    )
    if let message = result.message { say("  \(message.shown)") }
    if let model = result.model { say("  model    \(model)") }
    for item in FailedItems.read(folder, limit: 5) {
      say("  \(item.id.shown)  [\(item.stage)] \(item.reason.shown)")
    }
    if result.itemsFailed > 5 {
      say("  … and \(result.itemsFailed - 5) more in \(folder.failedItems)")
    }
    if let damaged = result.itemsDamaged {
      say("  damaged  \(damaged) of those done, kept as far as they can be shown:")
      for item in FailedItems.damaged(folder, limit: 5) {
        say("  \(item.id.shown)  \(item.reason.shown)")
      }
      if damaged > 5 { say("  … and \(damaged - 5) more in \(folder.damagedItems)") }
    }
    for attempt in result.failedAttempts.suffix(1) where result.state == .failed {
      say("  shard \(attempt.shard), attempt \(attempt.attempt): \(attempt.failure.message.shown)")
      for frame in attempt.failure.stack.prefix(8) { say("      \(frame.shown)") }
    }
    say("  results  \(result.outputDirectory)")
    if FileManager.default.fileExists(atPath: folder.report) { say("  report   \(folder.report)") }
    say("  logs     \(folder.logs)")
  }
}
