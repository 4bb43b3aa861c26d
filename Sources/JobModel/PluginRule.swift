/// What `lattice plugin validate` holds a plugin against; each rule runs in a child of its own.
package enum PluginRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// The entry function: quick, no files, no threads, exports nothing beside itself.
  case entry
  /// Ids, versions, licence, ports and documentation of the tables.
  case tables
  /// The JSON Schema of the parameters.
  case schema
  /// The stage's `check`: quick, without files, with a sentence for each fault.
  case check
  /// Calls leave rounding, working directory, locale, signals and descriptors as they were.
  case ambient
  /// Instances come and go without a trace.
  case lifecycle
  /// Every output is there and is what `check` promised.
  case outputs
  /// Inputs are only read.
  case inputs
  /// Nothing is written beside an output, nothing read beside an input.
  case bounds
  /// Inputs need not be aligned to more than their elements.
  case alignment
  /// Batches of one item and of many; sizes of 0 and 1.
  case sizes
  /// NaN, infinities and the ends of the integers.
  case extremes
  /// The same seed gives the same bytes, whatever the batches and threads.
  case repeatable
  /// Calls on several threads at once, for a stage that declares itself parallel.
  case parallel
  /// A cancelled job is left within a second.
  case cancel
  /// The host has no memory to give.
  case memory
  /// A model is missing, or its folder is empty.
  case model
  /// What was saved and loaded is saved the same again.
  case state
  /// Item files that are missing, empty, cut short or rubbish.
  case files
  /// A small run of a task.
  case task
  /// Random sizes, values and parameters from a seed.
  case fuzz

  /// True for a rule about the plugin as a whole; others are held against each stage.
  package var isAboutModule: Bool { self == .entry || self == .tables }

  /// True for a rule with a bound on time, which a busy machine can make a good plugin miss.
  package var isAboutTime: Bool { self == .entry || self == .check || self == .cancel }

  /// Seconds after which the child is killed.
  package var seconds: Double {
    switch self {
    case .fuzz, .task, .lifecycle: 60
    default: 30
    }
  }
}

/// What `lattice-worker rule` reads: one rule, and what the stage is to be fed with.
package struct RuleRequest: Codable, Hashable, Sendable {
  package var rule: PluginRule
  package var pluginPath: String
  /// Nil for a rule about the module.
  package var stageID: String?
  package var feed: RuleFeed
  /// Why the rule need not be tried; nil when it has to be.
  package var reasonToSkip: String?

  package init(
    rule: PluginRule, pluginPath: String, stageID: String?, feed: RuleFeed,
    reasonToSkip: String? = nil
  ) {
    self.rule = rule
    self.pluginPath = pluginPath
    self.stageID = stageID
    self.feed = feed
    self.reasonToSkip = reasonToSkip
  }

  /// Seconds after which the child is killed.
  package var seconds: Double { rule.seconds * feed.slack }
}

/// What a stage is tried with where the samples that are made up would not suit it.
package struct RuleFeed: Codable, Hashable, Sendable {
  package var seed: UInt64 = 0
  /// Rounds of the fuzz rule.
  package var fuzzRounds = 60
  /// What bounds on time are multiplied by, for a slow or busy machine.
  package var slack = 1.0
  /// Over the schema's defaults.
  package var parameters: [String: JSONValue] = [:]
  /// By input port, the sizes of one item.
  package var shapes: [String: [Int]] = [:]
  /// Absolute paths of files for the items; none makes some up.
  package var items: [String] = []
  /// By slot.
  package var models: [String: String] = [:]

  package init() {}
}

/// How a plugin fares under one rule.
package struct RuleResult: Codable, Hashable, Sendable {
  package enum Verdict: String, Codable, Hashable, Sendable { case passed, failed, skipped }

  package var rule: PluginRule
  package var stage: String?
  package var verdict: Verdict
  /// What is wrong, a sentence each.
  package var faults: [String]
  /// What `--strict` takes for wrong.
  package var warnings: [String]
  /// Why it was skipped, or what was measured.
  package var note: String?
  package var seconds: Double

  package init(
    rule: PluginRule, stage: String?, faults: [String] = [], warnings: [String] = [],
    note: String? = nil, isSkipped: Bool = false, seconds: Double = 0
  ) {
    self.rule = rule
    self.stage = stage
    verdict = !faults.isEmpty ? .failed : isSkipped ? .skipped : .passed
    self.faults = faults
    self.warnings = warnings
    self.note = note
    self.seconds = seconds
  }

  /// True when nothing at all was found.
  package var isClean: Bool { faults.isEmpty && warnings.isEmpty }

  /// The same with warnings taken for faults.
  package var strict: RuleResult {
    var result = RuleResult(
      rule: rule, stage: stage, faults: faults + warnings, note: note,
      isSkipped: verdict == .skipped, seconds: seconds)
    if verdict == .failed { result.verdict = .failed }
    return result
  }
}
