package import JobModel

/// Picks what runs next; pure, so that the order can be tested as a table.
package enum ShardScheduler {
  /// A job that has a shard ready to run.
  package struct Candidate: Hashable, Sendable {
    package var job: JobID
    /// Higher goes first.
    package var priority: Int
    /// Threads its worker wants.
    package var threads: Int
    /// Place among all jobs by the time of hand-in.
    package var sequence: Int

    package init(job: JobID, priority: Int, threads: Int, sequence: Int) {
      self.job = job
      self.sequence = sequence
      self.priority = priority
      self.threads = threads
    }
  }

  /// The job that gets the next worker: the highest priority, then the first handed in.
  ///
  /// A job that does not fit yet keeps those behind it waiting, or small jobs would starve large ones.
  ///
  /// - Returns: nil when there is none, or when the first in the line has to wait for slots.
  package static func next(
    among candidates: some Sequence<Candidate>, freeSlots: Int, slots: Int
  ) -> Candidate? {
    let first = candidates.min { isBefore($0, $1) }
    guard let first, slotsTaken(by: first.threads, of: slots) <= freeSlots else { return nil }
    return first
  }

  /// Slots a worker takes: one that wants more than there are gets them all, or it would never run.
  package static func slotsTaken(by threads: Int, of slots: Int) -> Int {
    min(max(1, threads), slots)
  }

  private static func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
    left.priority == right.priority
      ? left.sequence < right.sequence : left.priority > right.priority
  }
}
