import JobModel

/// Where each shard of one job stands, and which may run next.
package struct ShardBoard: Sendable {
  package enum Place: UInt8, Hashable, Sendable { case queued, running, done }

  private var places: [Place]
  /// Attempts so far, where there were any.
  private var attempts: [Int: Int] = [:]
  /// Shards that wait for their time.
  private var waiting: [Int: ContinuousClock.Instant] = [:]
  private let reduceShard: Int?
  package private(set) var doneCount: Int
  package private(set) var runningCount = 0
  /// No shard before this one is queued.
  private var firstQueued = 0

  /// Sets up the board of a job none of whose shards is running.
  ///
  /// - Parameters:
  ///   - isDone: By shard, whether it is published.
  ///   - attempts: Attempts so far, where there were any.
  ///   - reduceShard: The shard that waits for all others, if there is one; it is the last.
  package init(isDone: [Bool], attempts: [Int: Int], reduceShard: Int?) {
    self.init(count: isDone.count, reduceShard: reduceShard)
    for shard in isDone.indices {
      restore(shard, isDone: isDone[shard], attempts: attempts[shard] ?? 0)
    }
  }

  /// Sets up the board of a job to which nothing has happened.
  init(count: Int, reduceShard: Int?) {
    places = [Place](repeating: .queued, count: count)
    self.reduceShard = reduceShard
    doneCount = 0
  }

  /// Takes in what is known of a shard that is not running; once for each.
  mutating func restore(_ shard: Int, isDone: Bool, attempts count: Int) {
    if count > 0 { attempts[shard] = count }
    guard isDone, places.indices.contains(shard) else { return }
    places[shard] = .done
    doneCount += 1
  }

  package var count: Int { places.count }
  package var isFinished: Bool { doneCount == places.count }
  package func place(of shard: Int) -> Place { places[shard] }
  package func nextAttempt(of shard: Int) -> Int { (attempts[shard] ?? 0) + 1 }

  /// The next shard that may run now, or nil.
  package mutating func ready(at now: ContinuousClock.Instant) -> Int? {
    while firstQueued < places.count, places[firstQueued] != .queued { firstQueued += 1 }
    var shard = firstQueued
    while shard < places.count {
      if mayRun(shard, now) { return shard }
      shard += 1
    }
    return nil
  }

  private func mayRun(_ shard: Int, _ now: ContinuousClock.Instant) -> Bool {
    guard places[shard] == .queued else { return false }
    if shard == reduceShard, doneCount < places.count - 1 { return false }
    return waiting[shard].map { $0 <= now } ?? true
  }

  /// When the first waiting shard may run.
  package var nextTime: ContinuousClock.Instant? { waiting.values.min() }

  /// A worker got the shard.
  package mutating func lease(_ shard: Int) {
    precondition(places[shard] == .queued, "only a queued shard can be leased")
    places[shard] = .running
    attempts[shard, default: 0] += 1
    waiting[shard] = nil
    runningCount += 1
  }

  /// Its files are in place.
  package mutating func finish(_ shard: Int) {
    leave(shard)
    places[shard] = .done
    doneCount += 1
  }

  /// It has to run again.
  package mutating func requeue(_ shard: Int, notBefore time: ContinuousClock.Instant? = nil) {
    leave(shard)
    if places[shard] == .done { doneCount -= 1 }
    places[shard] = .queued
    waiting[shard] = time
    firstQueued = min(firstQueued, shard)
  }

  private mutating func leave(_ shard: Int) {
    if places[shard] == .running { runningCount -= 1 }
  }
}
