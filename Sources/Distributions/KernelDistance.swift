/// The kernel distance of two sets of feature vectors, without bias whatever their number, and how sure it is.
///
/// The squared maximum mean discrepancy under the kernel (x y / width + 1)^3, as a mean over pairs of different vectors:
///
///     mean k(x, x') + mean k(y, y') - 2 mean k(x, y)
///
/// It is 0 on average, and so at times below 0, for sets of one distribution. Sources: Bińkowski et al. 2018, "Demystifying
/// MMD GANs", section 4.3 and appendix; Gretton et al. 2012, "A kernel two-sample test", equation 3. The standard error is
/// the jackknife's: Efron and Stein 1981, "The jackknife estimate of variance".
package struct KernelDistance: Hashable, Sendable {
  /// The distance.
  package let value: Double
  /// Its standard error over sets of these sizes.
  package let standardError: Double

  /// Vectors that a set needs.
  package static let least = 3

  /// Compares sets.
  ///
  /// - Parameters:
  ///   - made: (count, width), at least ``least``.
  ///   - real: Likewise.
  ///   - width: Numbers of a vector.
  package init(made: [Float], real: [Float], width: Int) {
    let (m, n) = (made.count / width, real.count / width)
    precondition(min(m, n) >= Self.least, "each set has at least three vectors")
    let (own, others) = (Self.sums(made, width), Self.sums(real, width))
    var (across, down) = (
      [Double](repeating: 0, count: m), [Double](repeating: 0, count: n)
    )
    FeatureBlocks.products(made, real, width) { rows, columns, products in
      var place = 0
      for row in rows {
        for column in columns {
          let value = Self.kernel(products[place], width)
          across[row] += value
          down[column] += value
          place += 1
        }
      }
    }
    let totals = (own.reduce(0, +), others.reduce(0, +), across.reduce(0, +))
    func distance(_ x: Double, _ y: Double, _ xy: Double, _ m: Int, _ n: Int) -> Double {
      x / Double(m * (m - 1)) + y / Double(n * (n - 1)) - 2 * xy / Double(m * n)
    }
    value = distance(totals.0, totals.1, totals.2, m, n)
    // Each vector left out in turn.
    let first = own.indices.map {
      distance(totals.0 - 2 * own[$0], totals.1, totals.2 - across[$0], m - 1, n)
    }
    let second = others.indices.map {
      distance(totals.0, totals.1 - 2 * others[$0], totals.2 - down[$0], m, n - 1)
    }
    standardError = (Self.variance(first) + Self.variance(second)).squareRoot()
  }

  /// The sum of each vector's kernel with all others of its set.
  private static func sums(_ vectors: [Float], _ width: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: vectors.count / width)
    FeatureBlocks.products(vectors, vectors, width) { rows, columns, products in
      var place = 0
      for row in rows {
        for column in columns {
          if row != column { sums[row] += kernel(products[place], width) }
          place += 1
        }
      }
    }
    return sums
  }

  private static func kernel(_ product: Float, _ width: Int) -> Double {
    let base = Double(product) / Double(width) + 1
    return base * base * base
  }

  /// The jackknife's, of what comes out with each one left out.
  private static func variance(_ values: [Double]) -> Double {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * (count - 1) / count
  }
}
