import ArgumentParser
import JobModel
import PipelineSpec
import Planning

/// Finds every fault of a spec before anything runs.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find every fault of a spec before anything runs.",
    discussion: """
      Exits 2 when there are faults.

      Examples:
        lattice check spec.yaml
        lattice check *.yaml --format json
        lattice check --explain E113
        lattice check --schema >lattice.schema.json    for editors, a JSON Schema
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @Argument(help: "Specs; - is standard input.", completion: .file(extensions: ["yaml", "yml"]))
  var specs: [String] = []
  @Option(help: "How to print faults: text on standard error, json on standard output.")
  var format: Format = .text
  @Flag(help: "The same as --format json.") var json = false
  @Option(help: "Explain a code, such as E113.") var explain: String?
  @Flag(help: "Print the JSON Schema of specs.") var schema = false

  func validate() throws {
    if specs.isEmpty && explain == nil && !schema {
      throw ValidationError("name a spec, or say --explain CODE or --schema")
    }
  }

  func run() throws {
    if schema { return print(try SpecSchema.json()) }
    if let explain { return try printExplanation(explain) }
    let catalog = plugins.catalog(spool.folder)
    var hasErrors = false
    for name in specs {
      let file = try SpecFile(name)
      let result = try file.check(catalog, spool: spool.folder)
      hasErrors = hasErrors || result.hasErrors
      if json || format == .json {
        print(
          try DiagnosticRenderer(file: name, source: file.bytes).json(result.diagnostics))
        continue
      }
      if !result.diagnostics.isEmpty { file.show(result.diagnostics, verdict: "nothing would run") }
      if let plan = result.plan {
        say(
          "\(name): good: \(plan.items.count) items, \(plan.stages.count) stages, \(plan.shardCount) shards"
        )
      }
    }
    if hasErrors { throw Outcome.rejected.exitCode }
  }

  private func printExplanation(_ code: String) throws {
    let code = code.uppercased()
    let known = DiagnosticCode.explanation(of: code) ?? PlanningCode.explanation(of: code)
    guard let known else {
      throw failure(
        "there is no code '\(code)'; codes look like E021 and stand in brackets in a fault's first line"
      )
    }
    print("\(code): \(known)")
  }
}
