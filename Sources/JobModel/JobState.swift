/// Where a job stands; only ``JobState/apply(_:)`` moves it.
///
/// ```
/// queued → running ⇄ paused → succeeded | partial | failed | cancelled
/// ```
/// A spec that never became a job is `rejected`; it has no row and no state here.
package enum JobState: String, Codable, Hashable, Sendable, CaseIterable {
  /// Accepted, no shard has started.
  case queued
  /// At least one shard has started.
  case running
  /// Somebody paused or held it, or the disk is full; no worker of it is alive.
  case paused
  /// Every item was done.
  case succeeded
  /// Some items failed, within the limit the spec allows.
  case partial
  /// It could not be done.
  case failed
  /// Somebody cancelled it, and nothing of it is alive.
  case cancelled

  /// True when no event can follow but ``JobEvent/retried``.
  package var isFinal: Bool {
    switch self {
    case .queued, .running, .paused: false
    case .succeeded, .partial, .failed, .cancelled: true
    }
  }
}

/// What can happen to a job, in the order the journal records it.
package enum JobEvent: String, Codable, Hashable, Sendable, CaseIterable {
  /// The first worker got a shard.
  case started
  /// The daemon died or the machine went down while it ran; its shards are queued again.
  case interrupted
  /// Paused or held by a person, or by a full disk.
  case paused
  /// Goes on.
  case resumed
  /// The last shard was published and no item failed.
  case succeeded
  /// The last shard was published and failed items stayed within the limit.
  case endedPartial = "ended-partial"
  /// It can't go on.
  case failed
  /// Cancelled, and verified dead.
  case cancelled
  /// A person asked for another try of what failed, or of everything.
  case retried
}

/// An event that can't follow a state; the state is unchanged.
package struct IllegalTransition: Error, Hashable, CustomStringConvertible {
  package let from: JobState
  package let event: JobEvent

  package init(from: JobState, event: JobEvent) {
    self.from = from
    self.event = event
  }

  package var description: String { "a job that is \(from.rawValue) can't be \(event.rawValue)" }
}

extension JobState {
  /// Moves to the state that follows `event`.
  ///
  /// - Parameter event: The next event of this job, in journal order.
  /// - Throws: ``IllegalTransition`` when `event` can't follow this state. The state is unchanged.
  package mutating func apply(_ event: JobEvent) throws(IllegalTransition) {
    switch (self, event) {
    case (.queued, .started), (.running, .started): self = .running
    case (.running, .interrupted), (.queued, .interrupted): self = .queued
    case (.paused, .interrupted), (.queued, .paused), (.running, .paused): self = .paused
    case (.paused, .resumed): self = .queued
    case (.queued, .succeeded), (.running, .succeeded): self = .succeeded
    case (.queued, .endedPartial), (.running, .endedPartial): self = .partial
    case (.queued, .failed), (.running, .failed), (.paused, .failed): self = .failed
    case (.queued, .cancelled), (.running, .cancelled), (.paused, .cancelled): self = .cancelled
    case (.failed, .retried), (.partial, .retried), (.cancelled, .retried), (.succeeded, .retried):
      self = .queued
    default: throw IllegalTransition(from: self, event: event)
    }
  }
}
