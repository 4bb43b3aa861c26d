import COpenBLAS

/// Products of all vectors of two sets, block by block, so that memory doesn't grow with the sets.
enum FeatureBlocks {
  /// Vectors of the first and second set to a block: 8 MiB of products.
  private static let (rows, columns) = (512, 4096)

  /// Calls `body` for each block.
  ///
  /// - Parameters:
  ///   - first: (count, width).
  ///   - second: (count, width).
  ///   - width: Numbers of a vector.
  ///   - body: Gets which vectors of each set, and their products, row by row.
  static func products(
    _ first: [Float], _ second: [Float], _ width: Int,
    _ body: (Range<Int>, Range<Int>, UnsafeBufferPointer<Float>) -> Void
  ) {
    let (m, n) = (first.count / width, second.count / width)
    var block = [Float](repeating: 0, count: min(rows, m) * min(columns, n))
    for top in stride(from: 0, to: m, by: rows) {
      for left in stride(from: 0, to: n, by: columns) {
        let (down, across) = (top..<min(m, top + rows), left..<min(n, left + columns))
        first.withUnsafeBufferPointer { a in
          second.withUnsafeBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return }
            cblas_sgemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, Int32(down.count), Int32(across.count),
              Int32(width), 1, a + top * width, Int32(width), b + left * width, Int32(width), 0,
              &block, Int32(across.count))
          }
        }
        block.withUnsafeBufferPointer {
          body(down, across, UnsafeBufferPointer(rebasing: $0[0..<(down.count * across.count)]))
        }
      }
    }
  }

  /// Calls `body` with squared distances in place of products.
  static func distances(
    _ first: [Float], _ second: [Float], _ width: Int,
    _ body: (_ row: Int, _ column: Int, _ distance: Float) -> Void
  ) {
    let (a, b) = (norms(first, width), norms(second, width))
    products(first, second, width) { rows, columns, products in
      var place = 0
      for row in rows {
        for column in columns {
          body(row, column, max(0, a[row] + b[column] - 2 * products[place]))
          place += 1
        }
      }
    }
  }

  private static func norms(_ vectors: [Float], _ width: Int) -> [Float] {
    (0..<(vectors.count / width)).map { row in
      vectors[(row * width)..<((row + 1) * width)].reduce(0) { $0 + $1 * $1 }
    }
  }
}
