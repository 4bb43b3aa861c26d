import ArgumentParser
import JobModel
import StageCatalog

/// Lists stages and the plugins they come from.
struct PluginListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List stages, and say why a plugin or stage is broken.",
    discussion: """
      Exits 1 when a plugin or a stage is broken.

      Examples:
        lattice plugin list
        lattice plugin list --plugins build/ --json
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let catalog = plugins.catalog(spool.folder)
    if output.json { return try printJSON(catalog.plugins) }
    var table = TextTable([("STAGE", .left), ("VERSION", .left), ("KIND", .left), ("", .left)])
    for entry in catalog.entries {
      table.add([
        entry.stage.id, "\(entry.version)", entry.stage.kind.rawValue, entry.stage.summary,
      ])
    }
    for broken in catalog.brokenStages {
      table.add([broken.stage.id, broken.stage.version, "broken", broken.stage.reason])
    }
    if catalog.entries.isEmpty, catalog.brokenStages.isEmpty {
      say("no stages found; looked in \(catalog.searched.joined(separator: ", "))")
    } else {
      print(table.text(for: .output), terminator: "")
    }
    catalog.warnings.forEach { say("warning: \($0.text)") }
    for broken in catalog.brokenPlugins { say("broken: \(broken.path): \(broken.reason)") }
    if !catalog.brokenPlugins.isEmpty || !catalog.brokenStages.isEmpty {
      throw Outcome.failed.exitCode
    }
  }
}
