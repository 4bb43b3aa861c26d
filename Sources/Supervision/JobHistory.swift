import FileNames
package import JobModel

/// The failures of a job that still matter for what comes next; kept small, and made again from the journal.
package struct JobHistory: Hashable, Sendable {
  /// Shards that ever failed.
  package private(set) var shards: [Int: ShardHistory] = [:]
  /// By stage, the items that ended a worker in it while it took one item at a time, by number.
  private var killers: [String: [Int: String]] = [:]

  package init() {}

  /// Takes in a failure; failures are recorded in the order in which they happened.
  package mutating func record(_ failure: AttemptFailure, shard: Int) {
    // With several batches at work, what one damages another may die of: that tells nothing against a stage.
    let wasOneByOne = shards[shard]?.runsOneByOne == true
    shards[shard, default: ShardHistory()].record(failure)
    if failure.isDeath, wasOneByOne, let item = failure.item {
      let stage = failure.stage ?? "worker"
      killers[stage, default: [:]][item] = failure.itemID?.shown ?? String(item)
    }
  }

  /// A sentence about the stage that too many different items have ended, if there is one.
  package var condemnedStage: String? {
    let guilty = killers.sorted { $0.key < $1.key }
      .first { $0.value.count >= AttemptPolicy.itemsThatCondemnAStage }
    return guilty.map { stage, items in
      let names = items.sorted { $0.key < $1.key }.map { "'\($0.value)'" }.joined(separator: ", ")
      return "stage '\(stage)' ended its worker on \(items.count) different items "
        + "(\(names)): the stage is at fault, not the items"
    }
  }

  /// Forgets everything: somebody asked for another try.
  package mutating func clear() { self = JobHistory() }
}

/// The failures of one shard.
package struct ShardHistory: Hashable, Sendable {
  /// Failures that use up `retry.attempts`.
  package private(set) var countedFailures = 0
  /// Whether the next attempt takes one item at a time.
  package private(set) var runsOneByOne = false
  /// By item, how often it ended its worker.
  package private(set) var crashes: [Int: Int] = [:]

  package init() {}

  fileprivate mutating func record(_ failure: AttemptFailure) {
    switch failure.kind {
    case .config, .internal, .transient, .timedOut: countedFailures += 1
    case .crashed, .stalled, .noMemory:
      if let item = failure.item {
        crashes[item, default: 0] += 1
      } else {
        countedFailures += 1
      }
      runsOneByOne = true
    case .noSpace, .cancelled, .interrupted: break
    }
  }
}

extension AttemptFailure {
  /// True when the worker did not end by its own will.
  fileprivate var isDeath: Bool {
    switch kind {
    case .crashed, .stalled, .noMemory: true
    default: false
    }
  }
}
