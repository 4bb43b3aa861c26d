import Foundation
import JobReport

/// Times of two contestants that took turns, A B A B …, so that a drift of the machine hits both.
struct Contest: Sendable {
  var ours: [Double] = []
  var theirs: [Double] = []

  /// Runs both `rounds` times in turn after one warm-up of each.
  ///
  /// - Parameters:
  ///   - rounds: Counted runs of each, at least 1.
  ///   - ours: Does our work once and gives its seconds.
  ///   - theirs: Does the peer's work once and gives its seconds.
  /// - Returns: The counted times, in the order they were taken.
  static func run(
    rounds: Int, ours: () throws -> Double, theirs: () throws -> Double
  ) rethrows -> Contest {
    var contest = Contest()
    for round in 0...rounds {
      Thread.sleep(forTimeInterval: pause)
      let mine = try ours()
      Thread.sleep(forTimeInterval: pause)
      let others = try theirs()
      guard round > 0 else { continue }
      contest.ours.append(mine)
      contest.theirs.append(others)
    }
    return contest
  }

  /// Seconds between two runs: threads of the one before may still look for work, on the other's processors.
  static let pause = 0.25

  /// How many times faster we were, pair by pair.
  var ratios: [Double] { zip(theirs, ours).map { $0 / $1 } }
}

/// Middle and ends of some measured numbers.
struct Spread: Hashable, Sendable, Encodable {
  var minimum: Double
  var median: Double
  var maximum: Double

  /// - Parameter values: At least one.
  init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread needs at least one value")
    let sorted = values.sorted()
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
    let middle = sorted.count / 2
    median =
      sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// `12.3 (11.9–13.1)`.
  func text(places: Int) -> String {
    let parts = [median, minimum, maximum].map { Quantity.decimal($0, places: places) }
    return "\(parts[0]) (\(parts[1])–\(parts[2]))"
  }
}
