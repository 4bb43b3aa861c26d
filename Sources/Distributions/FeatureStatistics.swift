import COpenBLAS

/// Mean and covariance of feature vectors.
package struct FeatureStatistics: Sendable {
  /// Numbers of a vector.
  package let width: Int
  /// (width).
  package let mean: [Double]
  /// (width, width), divided by one less than the number of vectors, as `numpy.cov` does.
  package let covariance: [Double]

  /// Computes them.
  ///
  /// - Parameters:
  ///   - features: (count, width), at least two vectors.
  ///   - width: Numbers of a vector.
  package init(_ features: [Float], width: Int) {
    let count = features.count / width
    precondition(count >= 2 && features.count == count * width, "at least two whole vectors")
    var mean = [Double](repeating: 0, count: width)
    for (index, value) in features.enumerated() { mean[index % width] += Double(value) }
    for column in 0..<width { mean[column] /= Double(count) }
    var centred = [Double](repeating: 0, count: features.count)
    for index in features.indices { centred[index] = Double(features[index]) - mean[index % width] }
    var covariance = [Double](repeating: 0, count: width * width)
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(width), Int32(width), Int32(count),
      1 / Double(count - 1), centred, Int32(width), centred, Int32(width), 0, &covariance,
      Int32(width))
    self.width = width
    self.mean = mean
    self.covariance = covariance
  }

  /// The Fréchet distance of two normal distributions: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).
  ///
  /// Source: Dowson and Landau 1982, "The Fréchet distance between multivariate normal distributions"; Heusel et al.
  /// 2017, "GANs trained by a two time-scale update rule", section 4, for its use on features of pictures.
  ///
  /// - Parameter other: Of as many numbers to a vector.
  /// - Returns: At least 0; nil when a decomposition doesn't converge.
  package func frechetDistance(to other: FeatureStatistics) -> Double? {
    precondition(width == other.width, "vectors of one width are compared")
    let n = width
    guard
      let own = SymmetricEigen.decompose(covariance, n, wantsVectors: true)
    else { return nil }
    // The root of C1; tr (C1 C2)^(1/2) = tr (C1^(1/2) C2 C1^(1/2))^(1/2), whose matrix is symmetric.
    var root = [Double](repeating: 0, count: n * n)
    var scaled = own.vectors
    for vector in 0..<n {
      let factor = max(0, own.values[vector]).squareRoot()
      for column in 0..<n { scaled[vector * n + column] *= factor }
    }
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(n), Int32(n), Int32(n), 1, own.vectors,
      Int32(n), scaled, Int32(n), 0, &root, Int32(n))
    let inner = SymmetricEigen.product(
      SymmetricEigen.product(root, other.covariance, n), root, n)
    guard let values = SymmetricEigen.decompose(inner, n, wantsVectors: false)?.values else {
      return nil
    }
    var distance = 0.0
    for index in 0..<n {
      let difference = mean[index] - other.mean[index]
      distance += difference * difference
      distance += covariance[index * n + index] + other.covariance[index * n + index]
      distance -= 2 * max(0, values[index]).squareRoot()
    }
    return max(0, distance)
  }
}
