extension PluginRule {
  /// Rules that put batches through a stage.
  private static let ofBatches: Set<PluginRule> = [
    .ambient, .outputs, .inputs, .bounds, .alignment, .sizes, .extremes, .repeatable, .parallel,
    .cancel, .memory, .state, .files, .fuzz,
  ]

  /// Tells which rules have nothing to say of a stage, as far as its description goes.
  ///
  /// - Parameters:
  ///   - stage: What the stage says of itself.
  ///   - feed: What it would be tried with.
  /// - Returns: Why the rule is left out; nil when it has to be tried.
  package func reasonToSkip(_ stage: StageDescription, _ feed: RuleFeed) -> String? {
    if stage.kind == .task, Self.ofBatches.contains(self) {
      return "a task processes no batches"
    }
    if stage.kind != .task, self == .task { return "it is no task" }
    guard Self.ofBatches.contains(self) || self == .task else { return nil }
    return feed.missingModel(of: stage)
  }
}

extension RuleFeed {
  /// Says which model nobody named; nil when the stage lacks none.
  package func missingModel(of stage: StageDescription) -> String? {
    stage.modelSlots.first { models[$0] == nil }.map {
      "it needs a model: name one with --model \($0)=PATH"
    }
  }
}
