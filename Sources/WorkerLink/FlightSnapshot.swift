package import JobModel

/// What a worker's page says at one moment.
package struct FlightSnapshot: Hashable, Sendable {
  /// A thread inside a stage.
  package struct Activity: Hashable, Sendable {
    /// Place of the stage in the plan.
    package var stageIndex: Int
    /// Number of the item it named; nil when it named none.
    package var itemNumber: Int?

    package init(stageIndex: Int, itemNumber: Int?) {
      self.stageIndex = stageIndex
      self.itemNumber = itemNumber
    }
  }

  /// The end of a worker whose handlers saw it come.
  package struct Crash: Hashable, Sendable {
    /// What the thread that died was at; nil when nobody knows.
    package var at: Activity?
    /// The address where nothing lies that it used after memory was refused to it; nil when it died of something else.
    package var addressAfterRefusal: UInt64?

    package init(at: Activity?, addressAfterRefusal: UInt64? = nil) {
      self.at = at
      self.addressAfterRefusal = addressAfterRefusal
    }
  }

  /// Grows with every sign of life.
  package var heartbeat: UInt64 = 0
  package var itemsDone = 0
  package var itemsFailed = 0
  package var itemsSkipped = 0
  /// Of the running call, in a unit of its own; the total is 0 when unknown.
  package var progressDone = 0
  package var progressTotal = 0
  /// Nil unless a task has told how far it is.
  package var task: TaskProgress?
  package var active: [Activity] = []
  /// Nil when it lives, or died without notice.
  package var crash: Crash?

  package init() {}

  /// The stage, and if it is sure the item, that a worker died of or hangs in; nil when several stages may be it.
  package var culprit: Activity? {
    // Whoever saw the end knows better than whoever sees who was at work then.
    if let crash { return crash.at }
    guard let first = active.first, active.allSatisfy({ $0.stageIndex == first.stageIndex }) else {
      return nil
    }
    // Several items at work at once prove nothing about any of them.
    let isOneItem = active.allSatisfy { $0.itemNumber == first.itemNumber }
    return Activity(stageIndex: first.stageIndex, itemNumber: isOneItem ? first.itemNumber : nil)
  }
}
