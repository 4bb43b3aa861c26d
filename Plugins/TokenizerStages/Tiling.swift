import TensorCore

/// How a large picture is cut into tiles whose overlapping margins are computed and thrown away, so that memory stays
/// bounded and edges between tiles don't show.
struct Tiling {
  /// A tile along one direction: what is computed, and which part of it is kept; in units of the stride.
  struct Piece: Hashable {
    let computed: Range<Int>
    let kept: Range<Int>
  }

  /// Cuts `count` units into tiles of at most `tile`, margins of `margin` on each side included.
  static func pieces(_ count: Int, tile: Int, margin: Int) -> [Piece] {
    guard count > tile else { return [Piece(computed: 0..<count, kept: 0..<count)] }
    let step = max(1, tile - 2 * margin)
    return stride(from: 0, to: count, by: step).map { start in
      let end = min(count, start + step)
      return Piece(
        computed: max(0, start - margin)..<min(count, end + margin), kept: start..<end)
    }
  }
}

/// Rectangles of pictures (height, width, channels) that lie in larger ones.
enum Rectangle {
  /// Copies out of a picture; what lies beyond its right and lower edge repeats the last column and row.
  static func read(
    _ source: UnsafeBufferPointer<Float>, height: Int, width: Int, channels: Int, rows: Range<Int>,
    columns: Range<Int>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    var place = 0
    for row in rows {
      let start = min(row, height - 1) * width
      for column in columns {
        let from = (start + min(column, width - 1)) * channels
        for channel in 0..<channels { target[place + channel] = source[from + channel] }
        place += channels
      }
    }
  }

  /// Copies a part of a tile into a picture; what would lie beyond its edges is left out.
  static func write(
    _ tile: UnsafeBufferPointer<Float>, origin: (row: Int, column: Int), tileWidth: Int,
    channels: Int, rows: Range<Int>, columns: Range<Int>,
    into target: UnsafeMutableBufferPointer<Float>, height: Int, width: Int
  ) {
    for row in rows where row < height {
      for column in columns where column < width {
        let from = ((row - origin.row) * tileWidth + column - origin.column) * channels
        let to = (row * width + column) * channels
        for channel in 0..<channels { target[to + channel] = tile[from + channel] }
      }
    }
  }
}
