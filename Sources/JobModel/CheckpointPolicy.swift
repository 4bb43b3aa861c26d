/// `checkpoint:` of a task; what is nil is left to the stage.
package struct CheckpointPolicy: Codable, Hashable, Sendable {
  /// Steps between two checkpoints, at least 1.
  package var everySteps: Int?
  /// How many of the newest are kept, at least 1.
  package var keep: Int?

  package init(everySteps: Int? = nil, keep: Int? = nil) {
    self.everySteps = everySteps
    self.keep = keep
  }
}
