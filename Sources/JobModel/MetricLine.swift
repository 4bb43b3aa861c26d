/// A line of `metrics/STAGE.jsonl`: what a task measured at a step.
package struct MetricLine: Codable, Hashable, Sendable {
  package var step: Int
  /// Milliseconds since 1970, UTC.
  package var milliseconds: Int
  /// Numbers, or "nan", "inf" and "-inf".
  package var metrics: [String: JSONValue]

  package init(step: Int, milliseconds: Int, metrics: [String: JSONValue]) {
    self.step = step
    self.milliseconds = milliseconds
    self.metrics = metrics
  }
}
