import COpenBLAS

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
    let ownMade = Self.distances(made, made, width)
    let ownReal = Self.distances(real, real, width)
    let madeRadii = Self.radii(ownMade, m, neighbour)
    let realRadii = Self.radii(ownReal, r, neighbour)
    let across = Self.distances(made, real, width)
    let inReal = (0..<m).count { row in
      (0..<r).contains { across[row * r + $0] <= realRadii[$0] }
    }
    let inMade = (0..<r).count { column in
      (0..<m).contains { across[$0 * r + column] <= madeRadii[$0] }
    }
    precision = Double(inReal) / Double(m)
    recall = Double(inMade) / Double(r)
  }

  /// Squared distances between all vectors of two sets, (first, second).
  private static func distances(_ first: [Float], _ second: [Float], _ width: Int) -> [Float] {
    let (m, n) = (first.count / width, second.count / width)
    var result = [Float](repeating: 0, count: m * n)
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(width), -2, first,
      Int32(width), second, Int32(width), 0, &result, Int32(n))
    func norms(_ vectors: [Float]) -> [Float] {
      (0..<(vectors.count / width)).map { row in
        vectors[(row * width)..<((row + 1) * width)].reduce(0) { $0 + $1 * $1 }
      }
    }
    let (a, b) = (norms(first), norms(second))
    for row in 0..<m {
      for column in 0..<n {
        let place = row * n + column
        result[place] = max(0, result[place] + a[row] + b[column])
      }
    }
    return result
  }

  /// The squared distance of each vector to its k-th nearest other one; its own distance of 0 counts as the 0-th.
  private static func radii(_ distances: [Float], _ count: Int, _ neighbour: Int) -> [Float] {
    (0..<count).map { row in
      var own = Array(distances[(row * count)..<((row + 1) * count)])
      own[row] = 0
      return own.sorted()[neighbour]
    }
  }
}
