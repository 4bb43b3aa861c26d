import ArgumentParser
import Foundation
import PluginTemplates
import StageCatalog

/// Makes a new plugin that builds, passes its tests and runs in a pipeline.
struct PluginNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a folder with a new plugin: source, test, pipeline, Makefile and README.",
    discussion: """
      In the new folder `make` builds the plugin, `make test` tries it and `make run` runs its pipeline.

      Examples:
        lattice plugin new my-stage --lang c
        lattice plugin new my-source --lang swift --kind source
      """)

  @Argument(help: "Its name, and that of the folder: small letters, digits and hyphens.")
  var name: String
  @Option(
    help: "swift, c, cpp or rust.",
    completion: .list(PluginTemplate.Language.allCases.map(\.rawValue)))
  var lang: PluginTemplate.Language
  @Option(
    help: "What its stage is: map, source, sink or task.",
    completion: .list(PluginTemplate.Kind.allCases.map(\.rawValue)))
  var kind = PluginTemplate.Kind.map

  func validate() throws {
    guard PluginTemplate.isName(name) else {
      throw ValidationError(
        "'\(name)' is no name for a plugin; take small letters, digits and hyphens, such as my-stage"
      )
    }
  }

  func run() throws {
    let folder = absolute(name)
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw failure("there is a '\(folder)' already; give another name or remove it")
    }
    let template = PluginTemplate(name: name, language: lang, kind: kind)
    for file in template.files {
      let url = URL(filePath: "\(folder)/\(file.path)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: url)
    }
    print(folder)
    say("made a \(kind.rawValue) stage; now: cd \(name) && make test && make run")
    if !Self.isOnPath("lattice") {
      say(
        "'lattice' is not on your PATH: add \(PluginFolders.executableFolder) to it, or say make LATTICE='\(PluginFolders.executableFolder)/lattice'"
      )
    }
  }

  private static func isOnPath(_ program: String) -> Bool {
    (Environment.variables["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }
}

extension PluginTemplate.Language: ExpressibleByArgument {}
extension PluginTemplate.Kind: ExpressibleByArgument {}
