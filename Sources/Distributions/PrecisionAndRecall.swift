/// How many made pictures could be real ones, and how many real ones could have been made.
///
/// Each set is taken for the union of balls around its feature vectors that reach to the k-th nearest neighbour.
/// Source: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models", equations
/// 1 and 2.
package struct PrecisionAndRecall: Hashable, Sendable {
  /// The share of made vectors inside a ball of a real one, 0...1.
  package let precision: Double
  /// The share of real vectors inside a ball of a made one, 0...1.
  package let recall: Double

  /// Compares sets.
  ///
  /// - Parameters:
  ///   - made: (count, width).
  ///   - real: (count, width).
  ///   - width: Numbers of a vector.
  ///   - neighbour: k; at least 1 and below the counts.
  package init(made: [Float], real: [Float], width: Int, neighbour: Int = 3) {
    let (m, r) = (made.count / width, real.count / width)
    precondition(neighbour >= 1 && neighbour < min(m, r), "each set has more than k vectors")
    let madeRadii = Self.radii(made, width, neighbour)
    let realRadii = Self.radii(real, width, neighbour)
    var (inReal, inMade) = (
      [Bool](repeating: false, count: m), [Bool](repeating: false, count: r)
    )
    FeatureBlocks.distances(made, real, width) { row, column, distance in
      if distance <= realRadii[column] { inReal[row] = true }
      if distance <= madeRadii[row] { inMade[column] = true }
    }
    precision = Double(inReal.count { $0 }) / Double(m)
    recall = Double(inMade.count { $0 }) / Double(r)
  }

  /// The squared distance of each vector to its k-th nearest other one; its own distance of 0 counts as the 0-th.
  private static func radii(_ vectors: [Float], _ width: Int, _ neighbour: Int) -> [Float] {
    let (count, kept) = (vectors.count / width, neighbour + 1)
    // The nearest so far of each vector, in rising order.
    var nearest = [Float](repeating: .infinity, count: count * kept)
    FeatureBlocks.distances(vectors, vectors, width) { row, column, distance in
      let distance = row == column ? 0 : distance
      var place = (row + 1) * kept - 1
      guard distance < nearest[place] else { return }
      while place > row * kept, nearest[place - 1] > distance {
        nearest[place] = nearest[place - 1]
        place -= 1
      }
      nearest[place] = distance
    }
    return (0..<count).map { nearest[$0 * kept + neighbour] }
  }
}
