package import JobModel

/// One metric of a task over its steps.
package struct MetricSeries: Hashable, Sendable {
  package struct Point: Hashable, Sendable {
    package var step: Int
    package var value: Double
  }

  /// Some points drawn as one: their mean, and how far they reach.
  package struct Bucket: Hashable, Sendable {
    /// Mean of the steps.
    package var step: Double
    package var mean: Double
    package var least: Double
    package var greatest: Double
  }

  /// By ascending step; finite values alone.
  package private(set) var points: [Point] = []

  package init() {}

  /// Takes in a value; what an earlier attempt had measured at this step or after it no longer counts.
  package mutating func add(_ value: Double, at step: Int) {
    drop(from: step)
    if value.isFinite { points.append(Point(step: step, value: value)) }
  }

  /// Forgets what was measured at `step` and after it.
  package mutating func drop(from step: Int) {
    while let last = points.last, last.step >= step { points.removeLast() }
  }

  /// The points, gathered into at most `count` buckets of neighbours.
  package func buckets(atMost count: Int) -> [Bucket] {
    guard !points.isEmpty, count > 0 else { return [] }
    let number = min(count, points.count)
    return (0..<number).map { index in
      let part = points[index * points.count / number..<(index + 1) * points.count / number]
      let values = part.map(\.value)
      return Bucket(
        step: part.reduce(0) { $0 + Double($1.step) } / Double(part.count),
        mean: values.reduce(0, +) / Double(values.count), least: values.min() ?? .nan,
        greatest: values.max() ?? .nan)
    }
  }
}

/// All metrics of a task, by name.
package struct MetricTable: Sendable {
  package private(set) var series: [String: MetricSeries] = [:]

  package init() {}

  package mutating func add(_ line: MetricLine) {
    for (name, value) in line.metrics {
      series[name, default: MetricSeries()].add(value.doubleValue ?? .nan, at: line.step)
    }
  }

  /// Names with something to draw, sorted.
  package var names: [String] { series.filter { !$0.value.points.isEmpty }.keys.sorted() }
}
