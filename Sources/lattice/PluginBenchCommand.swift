import ArgumentParser
import Foundation
import JobModel
import StageCatalog

/// Measures how fast a plugin loads and works.
struct PluginBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure loading, the cost of a call and the throughput of a plugin's stages.",
    discussion: """
      The first row of a stage is its smallest batch: for a light stage nearly all of it is the cost of the call. \
      One thread; medians over half a second each.

      Examples:
        lattice plugin bench my.stage.so
        lattice plugin bench fsq.quantize --json
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var feed: FeedOptions
  @Argument(
    help: "The file of a plugin, or a stage of an installed one.",
    completion: .file(extensions: ["so"]))
  var plugin: String

  func run() throws {
    let reference = try PluginReference(plugin, in: plugins.catalog(spool.folder))
    let wanted = feed.stage
    let entries = reference.stages.filter { wanted == nil || $0.stage.id == wanted }
    let settings = try feed.feed()
    try feed.requireFitting(entries.map(\.stage))
    let benches =
      try entries
      .map { entry in
        let request = RuleRequest(
          rule: .outputs, pluginPath: entry.plugin.path, stageID: entry.stage.id, feed: settings)
        return try measure(request)
      }
    if output.json { return try printJSON(benches) }
    for bench in benches {
      let milliseconds = (bench.loadMilliseconds * 10).rounded() / 10
      print("\(bench.stage): loads and describes itself in \(milliseconds) ms")
      if let trouble = bench.trouble { say("  no calls measured: \(trouble)") }
      guard !bench.rows.isEmpty else { continue }
      var table = TextTable([
        ("ITEMS", .right), ("µs/CALL", .right), ("ITEMS/s", .right), ("INPUTS", .left),
      ])
      for row in bench.rows {
        table.add([
          "\(row.items)", String(format: "%.2f", row.microseconds),
          String(format: "%.0f", Double(row.items) / row.microseconds * 1e6),
          row.inputs.isEmpty ? "-" : row.inputs.joined(separator: ", "),
        ])
      }
      print(table.text(for: .output), terminator: "")
    }
  }

  private func measure(_ request: RuleRequest) throws -> PluginBench {
    let output = try ChildProcess.run(
      PluginFolders.worker, ["bench"], input: Array(try JSONEncoder().encode(request)),
      seconds: 300)
    guard output.ending == .exited(0),
      let bench = try? JSONDecoder().decode(PluginBench.self, from: Data(output.data))
    else {
      throw failure("stage '\(request.stageID ?? "")' can't be measured\(output.lastWords)")
    }
    return bench
  }
}
