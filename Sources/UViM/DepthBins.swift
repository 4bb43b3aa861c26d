/// Depth by bins of equal width.
///
/// Source: Kolesnikov et al. 2022, section 4.3; as in the authors' code, the first bin also stands for no measurement.
package struct DepthBins: Hashable, Sendable {
  /// Metres.
  package let range: ClosedRange<Double>
  /// Bins there are.
  package let count: Int

  /// Divides a range.
  package init(range: ClosedRange<Double>, count: Int) {
    self.range = range
    self.count = count
  }

  private var width: Double { (range.upperBound - range.lowerBound) / Double(count) }

  /// The bin of a depth; 0 for none.
  package func bin(of metres: Float) -> Int32 {
    guard metres.isFinite else { return 0 }
    let bin = ((Double(metres) - range.lowerBound) / width).rounded(.down)
    return Int32(max(0, min(Double(count - 1), bin)))
  }

  /// The middles of all bins, in metres.
  package var middles: [Float] { (0..<count).map { metres(of: Int32($0)) } }

  /// The middle of a bin, in metres.
  package func metres(of bin: Int32) -> Float {
    Float((Double(bin) + 0.5) * width + range.lowerBound)
  }
}
