import Glibc

/// How far a depth map is from the truth, over the pixels whose truth is within a range.
///
/// Source: Eigen et al. 2014, "Depth map prediction from a single image", section 4.2.
package struct DepthErrors: Hashable, Sendable {
  /// Pixels that were compared.
  package let pixels: Int
  /// Those of them whose predicted depth is not above 0.
  package let unpredicted: Int
  /// The root of the mean of (p - t)², in metres.
  package let rootMeanSquare: Double
  /// The mean of |p - t| / t.
  package let absoluteRelative: Double
  /// The mean of |log10 p - log10 t|.
  package let log10: Double
  /// Shares of pixels with max(p / t, t / p) below 1.25, 1.25² and 1.25³.
  package let deltas: [Double]

  /// Compares two maps; nil when no pixel's truth is within the range.
  ///
  /// - Parameters:
  ///   - predicted: Metres; what is not above 0 counts as the least depth.
  ///   - truth: As many; only values strictly between the ends of `range` count.
  ///   - range: In metres; its lower end above 0.
  package init?(
    of predicted: UnsafeBufferPointer<Float>, to truth: UnsafeBufferPointer<Float>,
    range: ClosedRange<Double>
  ) {
    precondition(predicted.count == truth.count, "maps of one size")
    var (squares, relative, logs, count, unpredicted) = (0.0, 0.0, 0.0, 0, 0)
    var within = [0, 0, 0]
    for index in truth.indices {
      let t = Double(truth[index])
      guard t > range.lowerBound, t < range.upperBound else { continue }
      let given = Double(predicted[index])
      let p = given > 0 ? given : range.lowerBound
      count += 1
      if !(given > 0) { unpredicted += 1 }
      squares += (p - t) * (p - t)
      relative += abs(p - t) / t
      logs += abs(Glibc.log10(p) - Glibc.log10(t))
      let ratio = max(p / t, t / p)
      for power in 0..<3 where ratio < pow(1.25, Double(power + 1)) { within[power] += 1 }
    }
    guard count > 0 else { return nil }
    let share = 1 / Double(count)
    pixels = count
    self.unpredicted = unpredicted
    rootMeanSquare = (squares * share).squareRoot()
    absoluteRelative = relative * share
    log10 = logs * share
    deltas = within.map { Double($0) * share }
  }
}
