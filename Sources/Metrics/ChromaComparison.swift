import Glibc

/// The colours of a picture beside those of its reference, as means over pixels from which errors, baselines and
/// correlations of many pictures follow.
package struct ChromaComparison: Hashable, Sendable, Codable {
  /// Of one of a and b: means of the values, of their squares, and of their product.
  package struct Channel: Hashable, Sendable, Codable {
    /// Of the picture.
    package var mean = 0.0
    package var square = 0.0
    /// Of the reference.
    package var wanted = 0.0
    package var wantedSquare = 0.0
    package var product = 0.0

    fileprivate mutating func add(_ value: Double, _ reference: Double) {
      mean += value
      square += value * value
      wanted += reference
      wantedSquare += reference * reference
      product += value * reference
    }

    fileprivate func scaled(by factor: Double) -> Channel {
      Channel(
        mean: mean * factor, square: square * factor, wanted: wanted * factor,
        wantedSquare: wantedSquare * factor, product: product * factor)
    }

    fileprivate static func + (first: Channel, second: Channel) -> Channel {
      Channel(
        mean: first.mean + second.mean, square: first.square + second.square,
        wanted: first.wanted + second.wanted,
        wantedSquare: first.wantedSquare + second.wantedSquare,
        product: first.product + second.product)
    }

    /// Pearson's; nil where either is the same everywhere.
    package var correlation: Double? {
      let (own, other) = (square - mean * mean, wantedSquare - wanted * wanted)
      guard own > 1e-9, other > 1e-9 else { return nil }
      return (product - mean * wanted) / (own * other).squareRoot()
    }
  }

  /// CIE L*a*b*'s a.
  package let a: Channel
  /// Its b.
  package let b: Channel

  /// Compares a picture with what it should be.
  ///
  /// - Parameters:
  ///   - picture: (pixels, 3), sRGB of 0...1, at least one pixel.
  ///   - reference: As many.
  package init(
    of picture: UnsafeBufferPointer<Float>, to reference: UnsafeBufferPointer<Float>
  ) {
    precondition(picture.count == reference.count && picture.count.isMultiple(of: 3))
    var (a, b) = (Channel(), Channel())
    for start in stride(from: 0, to: picture.count, by: 3) {
      let found = ChromaErrors.chroma(picture[start], picture[start + 1], picture[start + 2])
      let wanted = ChromaErrors.chroma(
        reference[start], reference[start + 1], reference[start + 2])
      a.add(found.0, wanted.0)
      b.add(found.1, wanted.1)
    }
    let share = 3 / Double(max(3, picture.count))
    (self.a, self.b) = (a.scaled(by: share), b.scaled(by: share))
  }

  private init(a: Channel, b: Channel) { (self.a, self.b) = (a, b) }

  /// All pictures as one, each with the same weight; nil for none.
  package static func mean(of comparisons: [ChromaComparison]) -> ChromaComparison? {
    guard !comparisons.isEmpty else { return nil }
    let sum = comparisons.reduce((Channel(), Channel())) { ($0.0 + $1.a, $0.1 + $1.b) }
    let share = 1 / Double(comparisons.count)
    return ChromaComparison(a: sum.0.scaled(by: share), b: sum.1.scaled(by: share))
  }

  /// The peak signal-to-noise ratio, in decibels, of one colour everywhere in the picture's place; infinite where that is
  /// what the reference is.
  package func peakSignalToNoise(ofConstant constant: (a: Double, b: Double)) -> Double {
    func error(_ channel: Channel, _ value: Double) -> Double {
      max(0, channel.wantedSquare - 2 * value * channel.wanted + value * value)
    }
    return 10 * log10(255 * 255 / ((error(a, constant.a) + error(b, constant.b)) / 2))
  }
}
