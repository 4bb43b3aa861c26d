import COpenBLAS

/// Eigenvalues and vectors of symmetric matrices, through LAPACK.
enum SymmetricEigen {
  /// Values in rising order and, where wanted, vectors as rows, of a symmetric (n, n) matrix; nil when it doesn't
  /// converge.
  static func decompose(
    _ matrix: [Double], _ n: Int, wantsVectors: Bool
  ) -> (values: [Double], vectors: [Double])? {
    var (matrix, values) = (matrix, [Double](repeating: 0, count: n))
    var size = Int32(n)
    var job = CChar(UInt8(ascii: wantsVectors ? "V" : "N"))
    var half = CChar(UInt8(ascii: "U"))
    var (workSize, integerSize, status): (Int32, Int32, Int32) = (-1, -1, 0)
    var (work, integers) = ([0.0], [Int32(0)])
    // The first call tells how much memory the second one wants.
    for _ in 0..<2 {
      dsyevd_(
        &job, &half, &size, &matrix, &size, &values, &work, &workSize, &integers, &integerSize,
        &status)
      guard status == 0 else { return nil }
      if workSize < 0 {
        (workSize, integerSize) = (Int32(work[0]), integers[0])
        work = [Double](repeating: 0, count: Int(workSize))
        integers = [Int32](repeating: 0, count: Int(integerSize))
      }
    }
    return (values, wantsVectors ? matrix : [])
  }

  /// A B of (n, n) matrices.
  static func product(_ first: [Double], _ second: [Double], _ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    let size = Int32(n)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, first, size, second, size, 0,
      &result, size)
    return result
  }
}
