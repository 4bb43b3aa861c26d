import ArgumentParser
import DurableFiles
import Foundation
import JobModel
import PipelineSpec
import StageCatalog
import Supervision

extension ModelsCommand {
  /// Makes a model of the files of another project, by the task stage that knows their kind.
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a model of checkpoint files of another project.",
      discussion: """
        KIND is the family of a stage KIND.import, which reads the files in the foreground; without arguments the \
        kinds there are get listed. A second word, which is no file, is handed to the stage as its parameter 'task'. \
        Without --name the model is called after the kind; without a version it takes the next whole number.

        \(Outcome.help)

        Examples:
          lattice models import
          lattice models import maskgit-tokenizer vqgan.msgpack --config vqgan.json
          lattice models import uvim depth stageI.npz stageII.npz --name my-depth@1
        """)

    @OptionGroup var spool: SpoolOptions
    @OptionGroup var plugins: PluginOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The kind, then the checkpoint's files.", completion: .file())
    var arguments: [String] = []
    @Option(
      help: "JSON file with the architecture's keys, if the kind needs one.",
      completion: .file(extensions: ["json"]))
    var config: String?
    @Option(help: "What the model is called: NAME@VERSION, or NAME.") var name: String?
    @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false

    func run() throws {
      // Before anything that might start a thread: signals are taken from a descriptor.
      let signals = StopSignals()
      let kinds = ImportKind.all(in: plugins.catalog(spool.folder))
      guard !arguments.isEmpty else { return try list(kinds) }
      let request = try ImportRequest(arguments, config: config, name: name, kinds: kinds)
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "lattice-import-\(UUID().uuidString)"
      ).path()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var place = ForegroundRun.Place(
        spool: SpoolFolder(path: folder), base: absolute("."),
        slots: ProcessInfo.processInfo.activeProcessorCount)
      place.models = ModelFolders.searchPath(spool: spool.folder)
      place.publishedModels = spool.folder.models
      place.pluginFolders = plugins.folders + [spool.folder.plugins]
      let run: ForegroundRun
      do { run = try ForegroundRun(place) } catch { throw failure("\(error)") }
      var display = ProgressDisplay()
      let outcome = try run.run(
        Array(try request.spec().utf8), signals: signals,
        onProgress: { progress in
          guard !quiet, let task = progress.task else { return }
          display.show([ProgressBar(name: request.kind.id, task: task)])
        })
      try finish(outcome, request)
    }

    private func list(_ kinds: [ImportKind]) throws {
      if output.json { return try printJSON(kinds) }
      guard !kinds.isEmpty else { return say("no plugin can import models") }
      var table = TextTable([("KIND", .left), ("", .left)])
      for kind in kinds { table.add([kind.id, kind.summary]) }
      print(table.text(for: .output), terminator: "")
    }

    private func finish(_ outcome: ForegroundRun.Outcome, _ request: ImportRequest) throws {
      switch outcome {
      case .rejected(let faults):
        // They are of a spec that the user has not written, so places in it say nothing.
        for fault in faults where fault.severity == .error { say("error: \(fault.message)") }
        say("'lattice plugins \(request.kind.stage)' tells what it takes")
        throw Outcome.rejected.exitCode
      case .interrupted:
        say("stopped; nothing was imported")
        throw Outcome.cancelled.exitCode
      case .ended(let result):
        guard result.state == .succeeded, let reference = result.model else {
          let reason = result.failedAttempts.last?.failure.message ?? result.message
          throw failure(reason ?? "the import was \(result.state.rawValue)", Outcome(result.state))
        }
        let model = try ModelFolder.find(reference, in: [spool.folder.models])
        if output.json { return try printJSON(model) }
        say("imported \(reference) into \(model.path)")
      }
    }
  }
}

/// A kind of checkpoint that some stage can import.
struct ImportKind: Encodable, Hashable {
  /// `maskgit`.
  var id: String
  /// `maskgit.import`.
  var stage: String
  var summary: String
  /// Names of the stage's parameters.
  var parameters: [String]

  /// All kinds, sorted.
  static func all(in catalog: StageCatalog) -> [ImportKind] {
    catalog.stageIDs.filter { $0.hasSuffix(".import") }.compactMap { id in
      guard let stage = (try? catalog.resolve(id, nil))?.stage, stage.publishes else { return nil }
      let names = stage.parameterSchema["properties"]?.objectValue?.keys.sorted() ?? []
      return ImportKind(
        id: String(id.dropLast(".import".count)), stage: id, summary: stage.summary,
        parameters: names)
    }
  }
}

/// What `models import` was asked for.
struct ImportRequest {
  let kind: ImportKind
  /// Second word of the kind.
  private let task: String?
  /// Absolute paths.
  private let files: [String]
  private let config: String?
  private let name: String

  /// Takes the command's arguments apart.
  ///
  /// - Throws: An exit code, after a sentence on what is wrong.
  init(_ arguments: [String], config: String?, name: String?, kinds: [ImportKind]) throws {
    var rest = arguments[...]
    let word = rest.removeFirst()
    guard let kind = kinds.first(where: { $0.id == word }) else {
      let near = Suggestion.nearest(to: word, among: kinds.map(\.id))
      let known = kinds.isEmpty ? "none" : kinds.map(\.id).joined(separator: ", ")
      throw failure(
        "nothing can import '\(word)'; "
          + (near.map { "did you mean '\($0)'?" } ?? "the kinds there are: \(known)"), .rejected)
    }
    self.kind = kind
    var task: String?
    if kind.parameters.contains("task"), let next = rest.first, !Files.exists(absolute(next)) {
      task = next
      rest.removeFirst()
    }
    guard !rest.isEmpty else {
      throw failure("name the checkpoint's files after '\(word)'", .rejected)
    }
    for file in Array(rest) + [config].compactMap(\.self) {
      guard Files.status(absolute(file), followingLinks: true)?.kind == .regular else {
        throw failure("there is no file '\(file)'", .rejected)
      }
    }
    self.task = task
    files = rest.map(absolute)
    self.config = config.map(absolute)
    self.name = name ?? ([word] + [task].compactMap(\.self)).joined(separator: "-")
  }

  /// The spec that does it; JSON, which is YAML too.
  func spec() throws -> String {
    var parameters: [String: JSONValue] = ["files": .array(files.map { .string($0) })]
    if let config { parameters["config"] = .string(config) }
    if let task { parameters["task"] = .string(task) }
    let memory = max(2, Int(ProcessInfo.processInfo.physicalMemory >> 30) * 3 / 4)
    let cpus = ProcessInfo.processInfo.activeProcessorCount
    return try JSONValue.object([
      "version": .int(1), "name": .string("import"),
      "stages": .array([
        .object([
          "id": .string("import"), "use": .string(kind.stage), "params": .object(parameters),
        ])
      ]),
      "output": .object(["model": .string(name)]),
      "limits": .object([
        "cpus": .int(min(cpus, 1024)), "memory": .string("\(memory)GiB"), "stall": .string("1h"),
      ]),
      "retry": .object(["attempts": .int(1)]),
    ]).canonicalText
  }
}
