import ArgumentParser
import Foundation
import Glibc
import JobModel
import StageCatalog
import Supervision

/// Tries one stage on a few items.
struct PluginRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Try one stage on a few files: pictures are read for it, what it puts out is written.",
    discussion: """
      A pipeline is made up around the stage and run; it is left beside the results, in --out, as pipeline.yaml. With \
      --in-process this process becomes the worker that runs it, for a debugger that holds it.

      Examples:
        lattice plugin run my.stage.so --item koala.jpg --params '{"gain":0.5}'
        gdb --args lattice plugin run my.stage.so --item koala.jpg --in-process
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @Argument(
    help: "The file of a plugin, or a stage of an installed one.",
    completion: .file(extensions: ["so"]))
  var plugin: String
  @Option(help: "A file to try it on; may be given several times.", completion: .file())
  var item: [String] = []
  @Option(help: "The stage, if the file has several.") var stage: String?
  @Option(help: "Parameters as a JSON object, over the defaults.") var params: String?
  @Option(help: "Pixels across and down of the pictures that are read. Default: their own.")
  var size: Int?
  @Option(help: "Folder of results.", completion: .directory) var out = "try-out"
  @Flag(help: "Run in this process, without a child.") var inProcess = false

  func run() throws {
    let reference = try PluginReference(plugin, in: plugins.catalog(spool.folder))
    let entries = reference.stages.filter { stage == nil || $0.stage.id == stage }
    guard let entry = entries.first, entries.count == 1 else {
      throw failure(
        "say which stage with --stage: \(reference.stages.map(\.stage.id).joined(separator: ", "))")
    }
    let parameters = try params.map { text in
      guard let value = try? JSONValue(parsing: Data(text.utf8)), value.objectValue != nil else {
        throw ValidationError("--params must be a JSON object, not \(text)")
      }
      return value
    }
    let spec: TryOutSpec
    do {
      spec = try TryOutSpec(
        entry, items: item.map(absolute), parameters: parameters ?? .object([:]), size: size)
    } catch let refusal as TryOutSpec.Refusal {
      throw failure(refusal.description)
    }
    try carryOut(spec, entry)
  }

  private func carryOut(_ spec: TryOutSpec, _ entry: StageCatalog.Entry) throws {
    let results = absolute(out)
    try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
    let file = "\(results)/pipeline.yaml"
    try Data(spec.text.utf8).write(to: URL(filePath: file))
    let work = SpoolFolder(path: "\(results)/.lattice")
    // A new try begins anew.
    try? FileManager.default.removeItem(atPath: work.path)
    var place = ForegroundRun.Place(spool: work, base: results, slots: 1)
    place.output = results
    let folder = URL(filePath: entry.plugin.path).deletingLastPathComponent().path()
    place.pluginFolders = plugins.folders + [folder]
    let run: ForegroundRun
    do { run = try ForegroundRun(place) } catch { throw failure("\(error)") }
    let outcome = try run.run(Array(spec.text.utf8)) { id, _, _ in
      if inProcess { WorkerProcessTakeover.become(work.job(id)) }
    }
    switch outcome {
    case .rejected(let faults):
      try SpecFile(file).show(faults, verdict: "nothing ran")
      throw Outcome.rejected.exitCode
    case .interrupted: throw Outcome.cancelled.exitCode
    case .ended(let result):
      for failed in FailedItems.read(work.job(result.id), limit: 10) {
        say("\(failed.id)  [\(failed.stage)] \(failed.reason)")
      }
      for attempt in result.failedAttempts { say(attempt.failure.message) }
      say("\(result.state.rawValue): \(result.filesWritten) files in \(results)")
      let outcome = Outcome(result.state)
      if outcome != .succeeded { throw outcome.exitCode }
    }
  }
}

/// Turns this process into the worker of a job's only shard.
enum WorkerProcessTakeover {
  /// Does not return unless the worker can't be started.
  static func become(_ folder: JobFolder) {
    for path in [folder.shards, folder.temporary] {
      try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let worker = PluginFolders.worker
    let words: [String] = [worker, "run", folder.path, "0", "--one-by-one"]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    execv(worker, arguments)
    say("can't start '\(worker)': \(String(cString: strerror(errno)))")
  }
}
