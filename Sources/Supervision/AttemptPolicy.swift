import FileNames
package import JobModel

/// What follows an attempt that ended without publishing its shard.
package enum AttemptDecision: Hashable, Sendable {
  /// Run the shard again after so many seconds.
  case retry(afterSeconds: Double, oneByOne: Bool)
  /// Keep this item away from every later attempt, and run the rest of the shard item by item at once.
  case quarantine(FailedItem)
  /// The job can't go on; the sentence says why.
  case failJob(String)
  /// The disk is full: the job pauses until there is room, and the attempt does not count.
  case waitForSpace
  /// Nobody's fault: run the shard again when the job may run; the attempt does not count.
  case requeue(oneByOne: Bool)
}

/// How a failure is answered: the one place that knows.
///
/// A crash, a hang and too much memory have one answer: the shard is run item by item, so that the item at work
/// is known for sure; an item that does it twice is quarantined and the rest go on. Such attempts are bounded by
/// the items, not by `retry.attempts`: at most two an item, and the third item to kill the same stage fails the
/// job.
package enum AttemptPolicy {
  /// Different items that must kill one stage before the stage is taken for the culprit.
  package static let itemsThatCondemnAStage = 3
  /// Times an item may kill its worker before it is quarantined.
  package static let crashesThatQuarantine = 2

  /// Decides what follows the newest failure of `history`.
  ///
  /// - Parameters:
  ///   - failure: Why the attempt ended.
  ///   - shard: Its shard.
  ///   - history: What happened to the job so far, `failure` included.
  ///   - retry: The spec's `retry:`.
  /// - Returns: What to do.
  package static func decide(
    after failure: AttemptFailure, shard: Int, history: JobHistory, retry: RetryPolicy
  ) -> AttemptDecision {
    let record = history.shards[shard] ?? ShardHistory()
    switch failure.kind {
    case .config, .internal:
      return .failJob("shard \(shard): \(failure.sentence)")
    case .noSpace:
      return .waitForSpace
    case .interrupted, .cancelled:
      return .requeue(oneByOne: record.runsOneByOne)
    case .transient, .timedOut:
      return retryIfLeft(failure, shard, record, retry)
    case .crashed, .stalled, .noMemory:
      return afterDeath(failure, shard, record, history, retry)
    }
  }

  private static func afterDeath(
    _ failure: AttemptFailure, _ shard: Int, _ record: ShardHistory, _ history: JobHistory,
    _ retry: RetryPolicy
  ) -> AttemptDecision {
    guard let item = failure.item else {
      // The first one is answered by looking closer, even when no retry was asked for.
      if record.countedFailures <= 1 { return .retry(afterSeconds: 0, oneByOne: true) }
      return retryIfLeft(failure, shard, record, retry)
    }
    if let condemned = history.condemnedStage { return .failJob(condemned) }
    let crashes = record.crashes[item, default: 0]
    if crashes > crashesThatQuarantine {
      let name = failure.itemID?.shown ?? String(item)
      return .failJob(
        "shard \(shard): item '\(name)' was left out and still ended its worker; the last time: "
          + failure.sentence)
    }
    if crashes == crashesThatQuarantine { return .quarantine(quarantined(item, failure)) }
    return .retry(afterSeconds: 0, oneByOne: true)
  }

  private static func retryIfLeft(
    _ failure: AttemptFailure, _ shard: Int, _ record: ShardHistory, _ retry: RetryPolicy
  ) -> AttemptDecision {
    let used = record.countedFailures
    guard used < retry.attempts else {
      let times = used == 1 ? "once" : "\(used) times"
      return .failJob(
        "shard \(shard) failed \(times), and 'retry.attempts' is \(retry.attempts); the last time: "
          + failure.sentence)
    }
    let delay = failure.kind == .transient ? retry.delay(beforeAttempt: used + 1) : 0
    return .retry(afterSeconds: delay, oneByOne: record.runsOneByOne)
  }

  private static func quarantined(_ item: Int, _ failure: AttemptFailure) -> FailedItem {
    FailedItem(
      item: item, id: failure.itemID ?? FileName(String(item)), stage: failure.stage ?? "worker",
      reason: "ended its worker twice and was left out; the last time: \(failure.message)",
      isQuarantined: true)
  }
}

extension AttemptFailure {
  /// The message with the stage in front of it, when that is known.
  package var sentence: String {
    if let stage { "stage '\(stage)': \(message)" } else { message }
  }
}
