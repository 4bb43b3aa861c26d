import Glibc

/// Something done to a worker to make it end.
package enum StopAction: Hashable, Sendable {
  /// Set the flag that stages ask for.
  case raiseFlag
  /// Signal the worker alone, so that it can end its own children.
  case signalLeader(Int32)
  /// SIGKILL to everything in its session.
  case killSession
}

/// Ever harder ways to end a worker, each at its time.
package struct StopLadder: Sendable {
  package typealias Step = (after: Duration, action: StopAction)

  /// Asks, then insists: the flag, after `grace` SIGTERM, and SIGKILL once `insist` has passed too.
  package static func gentle(
    grace: Duration = .seconds(10), insist: Duration = .seconds(5)
  ) -> [Step] {
    [(.zero, .raiseFlag), (grace, .signalLeader(SIGTERM)), (grace + insist, .killSession)]
  }

  /// Wants the stack of a worker that hangs: SIGABRT, and SIGKILL once `insist` has passed.
  ///
  /// The runtime's handler prints the stack at the first SIGABRT and lets the process go on; the second, held back
  /// while the handler is at work, ends it.
  package static func hung(insist: Duration = .seconds(5)) -> [Step] {
    [
      (.zero, .signalLeader(SIGABRT)), (insist / 5, .signalLeader(SIGABRT)),
      (insist, .killSession),
    ]
  }

  package static let atOnce: [Step] = [(.zero, .killSession)]

  private var steps: ArraySlice<Step>
  private let start: ContinuousClock.Instant

  package init(_ steps: [Step], startingAt start: ContinuousClock.Instant) {
    self.steps = steps[...]
    self.start = start
  }

  /// When the next action is due; nil after the last one.
  package var deadline: ContinuousClock.Instant? { steps.first.map { start + $0.after } }

  /// Takes the actions whose time has come.
  package mutating func takeDue(at now: ContinuousClock.Instant) -> [StopAction] {
    let due = steps.prefix { start + $0.after <= now }
    steps.removeFirst(due.count)
    return due.map(\.action)
  }
}
