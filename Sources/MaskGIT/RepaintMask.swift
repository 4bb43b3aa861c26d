/// Which tokens of an image are to be painted anew.
package enum RepaintMask {
  /// Tokens whose patch holds a marked pixel, or borders on one that does.
  ///
  /// - Parameters:
  ///   - isMarked: Of each pixel, row by row.
  ///   - height: Pixels down; at least `rows`.
  ///   - width: Pixels across; at least `columns`.
  ///   - rows: Of the token grid.
  ///   - columns: Of the token grid.
  ///   - grow: How many tokens further the region reaches: a decoder looks at neighbours, too.
  /// - Returns: Of each token.
  package static func tokens(
    _ isMarked: (_ y: Int, _ x: Int) -> Bool, height: Int, width: Int, rows: Int, columns: Int,
    grow: Int = 0
  ) -> [Bool] {
    var marked = [Bool](repeating: false, count: rows * columns)
    for y in 0..<height {
      for x in 0..<width where isMarked(y, x) {
        marked[y * rows / height * columns + x * columns / width] = true
      }
    }
    return grown(marked, rows, columns, by: grow)
  }

  /// Tokens that a box touches.
  ///
  /// - Parameters:
  ///   - box: Left, top, width and height as shares of the picture.
  ///   - rows: Of the token grid.
  ///   - columns: Of the token grid.
  ///   - grow: How many tokens further the region reaches.
  /// - Returns: Of each token.
  package static func tokens(box: [Double], rows: Int, columns: Int, grow: Int = 0) -> [Bool] {
    func touches(_ index: Int, _ count: Int, _ start: Double, _ length: Double) -> Bool {
      let (low, high) = (Double(index) / Double(count), Double(index + 1) / Double(count))
      return low < start + length - 1e-9 && high > start + 1e-9
    }
    let marked = (0..<rows * columns).map { place in
      touches(place / columns, rows, box[1], box[3])
        && touches(place % columns, columns, box[0], box[2])
    }
    return grown(marked, rows, columns, by: grow)
  }

  private static func grown(_ marked: [Bool], _ rows: Int, _ columns: Int, by count: Int) -> [Bool]
  {
    guard count > 0 else { return marked }
    return marked.indices.map { place in
      let (row, column) = (place / columns, place % columns)
      return (max(0, row - count)...min(rows - 1, row + count)).contains { y in
        (max(0, column - count)...min(columns - 1, column + count)).contains {
          marked[y * columns + $0]
        }
      }
    }
  }
}
