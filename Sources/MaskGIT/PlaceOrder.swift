/// Orders of the places of a grid, row by row numbers of it.
package enum PlaceOrder {
  /// Evenly spread at every length: the points of a Halton sequence, rounded down to places, each place once.
  ///
  /// Source: Besnier et al. 2025, "Halton scheduler for masked generative image transformer", section 3; bases 2 and 3.
  package static func halton(rows: Int, columns: Int) -> [Int] {
    distinct(rows: rows, columns: columns) { index in
      (radicalInverse(index + 1, base: 2), radicalInverse(index + 1, base: 3))
    }
  }

  /// Evenly spread, by the additive recurrence of the plastic number.
  ///
  /// Source: M. Roberts 2018, "The unreasonable effectiveness of quasirandom sequences": x(n) = frac(1/2 + n (1/g, 1/g²)),
  /// g the root of g³ = g + 1. The order in which Mentzer et al. 2023, appendix A.1, uncover tokens.
  package static func quasirandom(rows: Int, columns: Int) -> [Int] {
    let root = 1.324717957244746
    return distinct(rows: rows, columns: columns) { index in
      let n = Double(index)
      return (fraction(0.5 + n / root), fraction(0.5 + n / (root * root)))
    }
  }

  /// The places of points of the unit square in order, each once; places that no point met come last.
  private static func distinct(
    rows: Int, columns: Int, _ point: (Int) -> (Double, Double)
  ) -> [Int] {
    let count = rows * columns
    var isTaken = [Bool](repeating: false, count: count)
    var order: [Int] = []
    order.reserveCapacity(count)
    for index in 0..<max(10_000, 64 * count) where order.count < count {
      let (y, x) = point(index)
      let place =
        min(rows - 1, Int(y * Double(rows))) * columns + min(columns - 1, Int(x * Double(columns)))
      guard !isTaken[place] else { continue }
      isTaken[place] = true
      order.append(place)
    }
    return order + isTaken.indices.filter { !isTaken[$0] }
  }

  private static func radicalInverse(_ index: Int, base: Int) -> Double {
    var (rest, share, sum) = (index, 1 / Double(base), 0.0)
    while rest > 0 {
      sum += Double(rest % base) * share
      rest /= base
      share /= Double(base)
    }
    return sum
  }

  private static func fraction(_ value: Double) -> Double { value - value.rounded(.down) }
}
