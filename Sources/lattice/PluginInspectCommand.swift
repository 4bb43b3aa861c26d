import ArgumentParser
import JobModel
import StageCatalog

/// Shows all there is to know of a stage, or of a plugin.
struct PluginInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a stage's ports, parameters and an example, and where it was loaded from.",
    discussion: """
      Examples:
        lattice plugin inspect image.read
        lattice plugin inspect image.read@1 --json
        lattice plugin inspect ./my.stage.so           all stages of a file
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @Argument(
    help: "A stage such as image.read or image.read@1, or the file of a plugin.",
    completion: .file(extensions: ["so"]))
  var plugin: String

  func run() throws {
    let reference = try PluginReference(plugin, in: plugins.catalog(spool.folder))
    if output.json {
      var plugin = reference.plugin
      plugin.module?.stages = reference.stages.map(\.stage)
      return try printJSON(plugin)
    }
    for (index, entry) in reference.stages.enumerated() {
      if index > 0 { print() }
      StagePage(entry, of: reference.plugin).lines.forEach { print($0) }
    }
    guard plugin.contains("/") || plugin.hasSuffix(".so") else { return }
    for broken in reference.plugin.module?.brokenStages ?? [] {
      say("broken: \(broken.id): \(broken.reason)")
    }
  }
}
