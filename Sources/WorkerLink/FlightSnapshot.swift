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

  package init() {}
}
