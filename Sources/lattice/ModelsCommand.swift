import ArgumentParser
import DurableFiles
import Foundation
import JobModel
import JobReport
import StageCatalog

/// Looks after the models there are.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List, show, verify, import and remove models.",
    discussion: """
      A model is a folder NAME/VERSION/ that is never changed; its MANIFEST names every file with its sha256. \
      Models are looked for in SPOOL/models, then in the folders of $LATTICE_MODELS (separated by colons), then in \
      models/ beside this program; of two with one name and version the first is taken.

      Examples:
        lattice models list
        lattice models verify fsq-photo-f8@1
        lattice models import maskgit-tokenizer vqgan.msgpack --config vqgan.json
        lattice models rm fsq-photo-f8@1
      """,
    subcommands: [List.self, Show.self, Verify.self, Import.self, Remove.self],
    defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List models, and where each is.",
      discussion: "Example: lattice models list --json")

    @OptionGroup var spool: SpoolOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let folders = ModelFolders.searchPath(spool: spool.folder)
      let models = ModelFolder.all(in: folders)
      if output.json { return try printJSON(models) }
      guard !models.isEmpty else {
        return say("no models in \(folders.joined(separator: ", "))")
      }
      var table = TextTable([
        ("MODEL", .left), ("SIZE", .right), ("FILES", .right), ("FOLDER", .left),
      ])
      for model in models {
        table.add([
          model.reference, Quantity.bytes(model.bytes), "\(model.files.count)", model.path,
        ])
      }
      print(table.text(for: .output), terminator: "")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a model's files and configuration.",
      discussion: "Example: lattice models show fsq-photo-f8@1")

    @OptionGroup var spool: SpoolOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "NAME@VERSION.") var model: String

    func run() throws {
      let model = try ModelFolder.find(model, in: ModelFolders.searchPath(spool: spool.folder))
      if output.json { return try printJSON(model) }
      print("\(model.reference)\n  folder  \(model.path)")
      for file in model.files {
        print("  \(file.sha256.prefix(12))  \(Quantity.bytes(file.bytes))  \(file.name)")
      }
      let configuration = "\(model.path)/config.json"
      if let text = try? String(contentsOfFile: configuration, encoding: .utf8) { print(text) }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare a model's files with its MANIFEST; all models when none is named.",
      discussion: """
        Examples:
          lattice models verify
          lattice models verify fsq-photo-f8@1
        """)

    @OptionGroup var spool: SpoolOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "NAME@VERSION.") var models: [String] = []

    func run() throws {
      let folders = ModelFolders.searchPath(spool: spool.folder)
      let chosen =
        models.isEmpty
        ? ModelFolder.all(in: folders)
        : try models.map { try ModelFolder.find($0, in: folders) }
      var faults: [String] = []
      for model in chosen {
        let found = model.faults()
        if found.isEmpty { say("\(model.reference): \(model.files.count) files are as they were") }
        faults += found.map { "\(model.reference): \($0)" }
      }
      if output.json { try printJSON(faults) } else { faults.forEach { print($0) } }
      if !faults.isEmpty { throw Outcome.failed.exitCode }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Remove a version of a model from the spool.",
      discussion: "Example: lattice models rm fsq-photo-f8@1")

    @OptionGroup var spool: SpoolOptions
    @Argument(help: "NAME@VERSION.") var model: String

    func run() throws {
      // Only the spool's own: the other folders are not this command's to change.
      let model = try ModelFolder.find(model, in: [spool.folder.models])
      // Out of the way first, so that no job meets half a model.
      let doomed = "\(spool.folder.models)/.removed-\(UUID().uuidString)"
      try FileManager.default.moveItem(atPath: model.path, toPath: doomed)
      try FileManager.default.removeItem(atPath: doomed)
      say("removed \(model.reference)")
    }
  }
}
