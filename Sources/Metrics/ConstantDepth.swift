/// The one depth that, told of every pixel of all pictures, is least wrong: what a predictor has to beat.
package enum ConstantDepth {
  /// Moments of one picture's truth.
  package struct Moments: Hashable, Sendable, Codable {
    /// The mean of t, in metres.
    package let mean: Double
    /// The mean of t².
    package let square: Double

    /// Of the pixels of a map that lie strictly within a range; nil when there is none.
    package init?(of truth: UnsafeBufferPointer<Float>, range: ClosedRange<Double>) {
      var (sum, squares, count) = (0.0, 0.0, 0)
      for value in truth {
        let t = Double(value)
        guard t > range.lowerBound, t < range.upperBound else { continue }
        sum += t
        squares += t * t
        count += 1
      }
      guard count > 0 else { return nil }
      mean = sum / Double(count)
      square = squares / Double(count)
    }
  }

  /// Finds it by golden sections; the mean over pictures of sqrt((c - m)² + v) is convex in c.
  ///
  /// - Parameters:
  ///   - pictures: Moments of each, at least one.
  ///   - range: Where to look.
  /// - Returns: The depth, and the mean over pictures of its root mean square error.
  package static func best(
    of pictures: [Moments], range: ClosedRange<Double>
  ) -> (metres: Double, error: Double) {
    precondition(!pictures.isEmpty, "there are pictures")
    func error(_ c: Double) -> Double {
      pictures.reduce(0) { sum, picture in
        sum + max(0, picture.square - 2 * c * picture.mean + c * c).squareRoot()
      } / Double(pictures.count)
    }
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (range.lowerBound, range.upperBound)
    for _ in 0..<80 {
      let (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
      if error(left) < error(right) { high = right } else { low = left }
    }
    let best = (low + high) / 2
    return (best, error(best))
  }
}
