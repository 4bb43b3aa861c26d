import DurableFiles
import FoundationEssentials
package import JobModel

/// Holds a plugin against rules, each in a throw-away child with a time limit.
package struct PluginValidator {
  private let worker: String
  private let feed: RuleFeed

  /// - Parameters:
  ///   - worker: Absolute path of `lattice-worker`.
  ///   - feed: What stages are fed with where made-up samples would not do.
  package init(worker: String, feed: RuleFeed) {
    self.worker = worker
    self.feed = feed
  }

  /// The rules and stages of a plugin, in the order in which they are tried.
  ///
  /// - Parameters:
  ///   - path: Absolute, of the plugin.
  ///   - rules: Those that are wanted.
  ///   - stage: The one that is wanted; nil for all.
  /// - Returns: What to ask a child, or why the plugin can't be loaded at all.
  package func requests(
    _ path: String, rules: [PluginRule] = PluginRule.allCases, stage: String? = nil
  ) -> Result<[RuleRequest], CheckFailure> {
    stages(path, stage: stage).map { requests(path, rules, $0) }
  }

  /// The stages of a plugin that are tried.
  ///
  /// - Parameters:
  ///   - path: Absolute, of the plugin.
  ///   - stage: The one that is wanted; nil for all.
  /// - Returns: What is known of them, or why the plugin can't be loaded at all.
  package func stages(
    _ path: String, stage: String?
  ) -> Result<[StageDescription], CheckFailure> {
    var describer = PluginDescriber(worker: worker, cachePath: nil, seconds: 60)
    let description = describer.describe(path)
    guard let module = description.module else {
      return .failure(CheckFailure(description: description.broken ?? "it can't be described"))
    }
    let stages = module.stages.filter { stage == nil || $0.id == stage }
    if let broken = module.brokenStages.first(where: { $0.id == stage }) {
      return .failure(
        CheckFailure(
          description: "stage '\(broken.id)' of plugin '\(path)' can't be used: \(broken.reason)"))
    }
    guard !stages.isEmpty || stage == nil else {
      let known = module.stages.map(\.id).joined(separator: ", ")
      return .failure(
        CheckFailure(
          description: "plugin '\(path)' has no stage '\(stage ?? "")'; it has \(known)"))
    }
    return .success(stages)
  }

  private func requests(
    _ path: String, _ rules: [PluginRule], _ stages: [StageDescription]
  ) -> [RuleRequest] {
    func request(_ rule: PluginRule, _ stage: StageDescription?) -> RuleRequest {
      RuleRequest(
        rule: rule, pluginPath: path, stageID: stage?.id, feed: feed,
        reasonToSkip: stage.flatMap { rule.reasonToSkip($0, feed) })
    }
    let ofModule = rules.filter(\.isAboutModule).map { request($0, nil) }
    return ofModule
      + stages.flatMap { stage in
        rules.filter { !$0.isAboutModule }.map { request($0, stage) }
      }
  }

  /// Times a rule with a bound on time is tried before its findings are believed.
  private static let tries = 3

  /// Asks a child about one rule.
  package func answer(_ request: RuleRequest) -> RuleResult {
    var result = ask(request)
    for _ in 1..<(request.rule.isAboutTime ? Self.tries : 1) where !result.isClean {
      result = ask(request)
    }
    return result
  }

  private func ask(_ request: RuleRequest) -> RuleResult {
    func failed(_ fault: String) -> RuleResult {
      RuleResult(rule: request.rule, stage: request.stageID, faults: [fault])
    }
    if let reason = request.reasonToSkip {
      return RuleResult(
        rule: request.rule, stage: request.stageID, note: reason, isSkipped: true)
    }
    let output: ChildProcess.Output
    do {
      let input = Array(try JSONEncoder().encode([request]))
      output = try ChildProcess.run(
        worker, ["rule"], input: input, seconds: request.seconds)
    } catch {
      return failed("the rule can't be tried: \(error)")
    }
    switch output.ending {
    case .timedOut:
      return failed(
        "it took more than \(Int(request.seconds)) s and was killed\(words(output))")
    case .signalled(let signal):
      return failed("it crashed with \(signal)\(words(output))")
    case .exited(let code):
      guard code == 0,
        let results = try? JSONDecoder().decode([RuleResult].self, from: Data(output.data)),
        let result = results.first
      else {
        return failed("the process ended with exit code \(code) and no answer\(words(output))")
      }
      return result
    }
  }

  /// What a child said it was doing, and what became of it, as the end of a sentence.
  private func words(_ output: ChildProcess.Output) -> String {
    let lines = output.talk.split(separator: "\n")
    let announced = lines.lastIndex { $0.hasPrefix("trying ") }
    let trying = announced.map { " while trying \(lines[$0].dropFirst(7))" } ?? ""
    let said = lines[(announced.map { $0 + 1 } ?? 0)...].joined(separator: "\n")
    return LastWords.of(said).map { "\(trying): \($0)" } ?? trying
  }
}
