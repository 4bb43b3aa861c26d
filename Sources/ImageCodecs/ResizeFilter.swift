import Glibc

/// How samples between pixels are made; all are antialiased when a picture shrinks, but `nearest`.
package enum ResizeFilter: String, Sendable, CaseIterable {
  case nearest, box, bilinear, bicubic, lanczos

  /// How far a sample reaches, in pixels of the larger picture.
  var radius: Double {
    switch self {
    case .nearest: 0
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight of a pixel at a distance.
  ///
  /// Bicubic: Keys 1981, equation 4, a = -1/2.
  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .nearest: return 1
    case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
    case .bilinear: return max(0, 1 - x)
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    case .lanczos: return x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}

/// The weights of one direction: out[i] = sum over k of weights[i * taps + k] * in[first[i] + k].
package struct ResizeWeights: Sendable {
  package let taps: Int
  package let first: [Int32]
  package let weights: [Float]

  /// Computes weights for a part of a row or column.
  ///
  /// - Parameters:
  ///   - source: The part that is resized, within 0..<count; ends may lie between pixels.
  ///   - count: Pixels there are, at least 1.
  ///   - target: Pixels to make, at least 1.
  ///   - filter: How.
  package init(source: Range<Double>, of count: Int, to target: Int, filter: ResizeFilter) {
    let scale = (source.upperBound - source.lowerBound) / Double(target)
    let stretch = max(scale, 1)
    let reach = filter.radius * stretch
    let taps = filter == .nearest ? 1 : min(count, Int((reach * 2).rounded(.up)) + 1)
    var first: [Int32] = []
    var weights: [Float] = []
    for index in 0..<target {
      let centre = source.lowerBound + (Double(index) + 0.5) * scale
      if filter == .nearest {
        first.append(Int32(min(count - 1, max(0, Int(centre)))))
        weights.append(1)
        continue
      }
      let low = max(0, Int(centre - reach + 0.5))
      let high = min(count, Int(centre + reach + 0.5))
      // Starts early enough that all taps lie inside; those before `low` weigh nothing.
      let start = max(0, min(low, count - taps))
      let raw = (start..<(start + taps)).map { place in
        place >= low && place < high
          ? filter.weight((Double(place) - centre + 0.5) / stretch) : 0
      }
      let sum = raw.reduce(0, +)
      first.append(Int32(start))
      weights += raw.map { Float(sum == 0 ? 0 : $0 / sum) }
    }
    self.taps = taps
    self.first = first
    self.weights = weights
  }
}
