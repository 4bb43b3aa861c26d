package import JobModel

/// Sums over the reports of a job's shards.
package struct JobTotals: Hashable, Sendable {
  package private(set) var itemsDone = 0
  package private(set) var itemsFailed = 0
  package private(set) var itemsSkipped = 0
  package private(set) var itemsDamaged = 0
  package private(set) var files = 0
  package private(set) var bytes = 0
  package private(set) var peakMemoryBytes = 0
  /// `name@version` of the model that was published.
  package private(set) var model: String?
  private var times: [String: StageTiming] = [:]

  package init() {}

  package mutating func add(_ report: ShardReport) {
    itemsDone += report.itemsDone
    itemsFailed += report.itemsFailed
    itemsSkipped += report.itemsSkipped
    itemsDamaged += report.itemsDamaged ?? 0
    files += report.files.count
    bytes += report.files.reduce(0) { $0 + $1.bytes }
    peakMemoryBytes = max(peakMemoryBytes, report.peakMemoryBytes)
    model = report.model ?? model
    for timing in report.stages { add(timing) }
  }

  /// Takes in what the journal knows of a shard that was published.
  package mutating func add(itemsDone: Int, itemsFailed: Int) {
    self.itemsDone += itemsDone
    self.itemsFailed += itemsFailed
  }

  /// Takes in items that were quarantined in a shard that was never published.
  package mutating func addQuarantined(_ count: Int) { itemsFailed += count }

  /// Times by stage, in the order of the plan.
  package func stages(of plan: JobPlan) -> [StageTiming] {
    plan.stages.compactMap { times[$0.name] }
  }

  private mutating func add(_ timing: StageTiming) {
    var sum =
      times[timing.stage] ?? StageTiming(stage: timing.stage, items: 0, calls: 0, seconds: 0)
    sum.items += timing.items
    sum.calls += timing.calls
    sum.seconds += timing.seconds
    times[timing.stage] = sum
  }
}

/// How a job whose shards are all published has ended.
package enum JobVerdict {
  /// The state and, unless all went well, a sentence.
  package static func judge(
    _ totals: JobTotals, items: Int, allowance: FailureAllowance
  ) -> (event: JobEvent, message: String?) {
    let failed = totals.itemsFailed
    if failed == 0 { return (.succeeded, nil) }
    let count = "\(failed) of \(items) \(items == 1 ? "item" : "items") failed"
    if allowance.allows(failed: failed, of: items) { return (.endedPartial, count) }
    return (.failed, "\(count); 'errors.max_failed_items' allows \(text(allowance))")
  }

  private static func text(_ allowance: FailureAllowance) -> String {
    switch allowance {
    case .count(0): "none"
    case .count(let count): "\(count)"
    case .percent(let percent):
      percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
  }
}
