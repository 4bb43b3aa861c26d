import ArgumentParser
import JobModel
import StageCatalog

/// Lists plugins and explains stages.
struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract:
      "List stages and the plugins they come from; explain one stage; say why a plugin is broken.",
    discussion: """
      Examples:
        lattice plugins
        lattice plugins image.read            its parameters, inputs and outputs
        lattice plugins --json
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "A stage to explain, such as image.read or image.read@1.") var stage: String?

  func run() throws {
    let catalog = plugins.catalog(spool.folder)
    if let stage { return try explain(stage, catalog) }
    if output.json { return try printJSON(catalog.plugins) }
    var table = TextTable([("STAGE", .left), ("VERSION", .left), ("KIND", .left), ("", .left)])
    for entry in catalog.entries {
      table.add([
        entry.stage.id, "\(entry.version)", entry.stage.kind.rawValue, entry.stage.summary,
      ])
    }
    if catalog.entries.isEmpty {
      say("no stages found; looked in \(catalog.searched.joined(separator: ", "))")
    } else {
      print(table.text(for: .output), terminator: "")
    }
    catalog.warnings.forEach { say("warning: \($0)") }
    for broken in catalog.brokenPlugins { say("broken: \(broken.path): \(broken.reason)") }
    if !catalog.brokenPlugins.isEmpty { throw Outcome.failed.exitCode }
  }

  private func explain(_ reference: String, _ catalog: StageCatalog) throws {
    let parts = reference.split(separator: "@", maxSplits: 1).map(String.init)
    let range = parts.count == 2 ? VersionRange(parts[1]) : nil
    let entry: StageCatalog.Entry
    do throws(StageCatalog.Refusal) {
      entry = try catalog.resolve(parts.first ?? reference, range)
    } catch {
      throw failure(
        "there is no stage '\(reference)'; there are \(catalog.stageIDs.joined(separator: ", "))")
    }
    if output.json { return try printJSON(entry.stage) }
    StagePage(entry).lines.forEach { print($0) }
  }
}
