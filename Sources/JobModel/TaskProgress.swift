/// How far a running task is, in a unit of its own.
package struct TaskProgress: Codable, Hashable, Sendable {
  package var done: Int
  /// 0 when unknown.
  package var total: Int
  /// "steps".
  package var unit: String
  /// `done` when this attempt first told it: an attempt that goes on from a checkpoint does not start at 0.
  package var doneAtStart: Int
  /// When that was, milliseconds since 1970.
  package var startMilliseconds: Int

  package init(done: Int, total: Int, unit: String, doneAtStart: Int, startMilliseconds: Int) {
    self.done = done
    self.total = total
    self.unit = unit
    self.doneAtStart = doneAtStart
    self.startMilliseconds = startMilliseconds
  }
}
