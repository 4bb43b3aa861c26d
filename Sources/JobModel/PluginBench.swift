/// What `lattice-worker bench` measured of a stage.
package struct PluginBench: Codable, Hashable, Sendable {
  /// One size of batches.
  package struct Row: Codable, Hashable, Sendable {
    package var items: Int
    /// By port, `f32[1,64,64,3]`.
    package var inputs: [String]
    /// Median microseconds of one `process` call.
    package var microseconds: Double
    package var calls: Int

    package init(items: Int, inputs: [String], microseconds: Double, calls: Int) {
      self.items = items
      self.inputs = inputs
      self.microseconds = microseconds
      self.calls = calls
    }
  }

  package var stage: String
  /// Milliseconds to load the plugin and read its tables, in a fresh process.
  package var loadMilliseconds: Double
  /// The smallest batch first, which is nearly all overhead for a light stage.
  package var rows: [Row]
  /// Why there are no rows.
  package var trouble: String?

  package init(stage: String, loadMilliseconds: Double, rows: [Row], trouble: String?) {
    self.stage = stage
    self.loadMilliseconds = loadMilliseconds
    self.rows = rows
    self.trouble = trouble
  }
}
