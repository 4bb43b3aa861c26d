import ArgumentParser
import Foundation
import JobModel
import StageCatalog

/// Holds a plugin against the rules of the stage ABI.
struct PluginValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Try a plugin out: each rule in a process of its own, with a time limit.",
    discussion: """
      Samples are made up from the ports: small pictures, .npy files, tensors of many sizes. Where a stage takes \
      none of them, give it what suits it with --item, --params, --shape and --model.

      Rules: \(PluginRule.allCases.map(\.rawValue).joined(separator: " "))

      Exits 0 when all rules hold, 1 when one does not, 2 when a stage does not take what --params says.

      Examples:
        lattice plugin validate my.stage.so --strict
        lattice plugin validate my.stage.so --fuzz 7 --rule fuzz
        lattice plugin validate fsq.quantize --junit >report.xml
        gdb --args lattice plugin validate my.stage.so --rule bounds --in-process
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var feed: FeedOptions
  @Argument(
    help: "The file of a plugin, or a stage of an installed one.",
    completion: .file(extensions: ["so"]))
  var plugin: String
  @Flag(help: "Take warnings for faults.") var strict = false
  @Flag(help: "Print a JUnit report on standard output.") var junit = false
  @Option(help: "Seed of the samples and of the fuzz rule.") var fuzz: UInt64 = 0
  @Option(help: "Rounds of the fuzz rule.") var rounds = 60
  @Option(help: "Multiplies the rules' bounds on time, for a slow or busy machine; 1 to 1000.")
  var slack = 1.0
  @Option(
    help: "A rule to try; may be given several times. Default: all.",
    completion: .list(PluginRule.allCases.map(\.rawValue)))
  var rule: [PluginRule] = []
  @Flag(help: "Run the rules in one process that a debugger can hold; no time limit.")
  var inProcess = false

  func validate() throws {
    if output.json && junit { throw ValidationError("--json and --junit can't go together") }
    guard (0...100_000).contains(rounds) else {
      throw ValidationError("--rounds must be 0 to 100000, not \(rounds)")
    }
    guard (1...1000).contains(slack) else {
      throw ValidationError("--slack must be 1 to 1000, not \(slack)")
    }
  }

  func run() throws {
    let reference = try target()
    let path = reference.path
    var settings = try feed.feed()
    settings.seed = fuzz
    settings.fuzzRounds = rounds
    settings.slack = slack
    let validator = PluginValidator(worker: PluginFolders.worker, feed: settings)
    let rules = rule.isEmpty ? PluginRule.allCases : rule
    var report = ValidationReport(path: path)
    if case .success(let stages) = validator.stages(path, stage: reference.stage) {
      try self.feed.requireFitting(stages)
    }
    switch validator.requests(path, rules: rules, stage: reference.stage) {
    case .failure(let broken):
      let result = RuleResult(rule: .entry, stage: nil, faults: [broken.description])
      report.results = [result]
      if !output.json && !junit { print(ValidationReport.text(result), terminator: "") }
    case .success(let requests):
      if inProcess { try RuleProcess.become(requests) }
      for request in requests {
        let answer = validator.answer(request)
        let result = strict ? answer.strict : answer
        report.results.append(result)
        if !output.json && !junit { print(ValidationReport.text(result), terminator: "") }
      }
    }
    if output.json { try printJSON(report) }
    if junit { print(report.junit) }
    say(report.summary)
    if !report.holds { throw Outcome.failed.exitCode }
  }

  private func target() throws -> (path: String, stage: String?) {
    if plugin.contains("/") || plugin.hasSuffix(".so") {
      let path = absolute(plugin)
      guard FileManager.default.fileExists(atPath: path) else {
        throw failure("there is no file '\(path)'")
      }
      return (path, feed.stage)
    }
    let reference = try PluginReference(plugin, in: plugins.catalog(spool.folder))
    return (reference.plugin.file.path, reference.stages.first?.stage.id)
  }
}

extension PluginRule: ExpressibleByArgument {}
