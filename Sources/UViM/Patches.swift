package import TensorCore

/// Pictures cut into square patches, and back.
package enum Patches {
  /// Cuts pictures up.
  ///
  /// - Parameters:
  ///   - pictures: f32, (batch, height, width, channels); sides are multiples of `size`.
  ///   - size: Of a patch.
  /// - Returns: (batch, patches, size size channels), patches row by row, and in each the pixels row by row.
  package static func cut(_ pictures: Tensor, size: Int) -> Tensor {
    let (batch, height, width) = (pictures.shape[0], pictures.shape[1], pictures.shape[2])
    let channels = pictures.shape[3]
    let (rows, columns, run) = (height / size, width / size, size * channels)
    return Tensor([batch, rows * columns, size * run]) { target in
      pictures.withFloats { source in
        eachRun(batch, rows, columns, size) { patch, line, picture in
          let to = (patch * size + line) * run
          for index in 0..<run { target[to + index] = source[picture * run + index] }
        }
      }
    }
  }

  /// Puts patches together.
  ///
  /// - Parameters:
  ///   - patches: f32, (batch, patches, channels, size size): a value for each pixel in each channel.
  ///   - size: Of a patch.
  ///   - columns: Patches across.
  /// - Returns: (batch, height, width, channels).
  package static func join(_ patches: Tensor, size: Int, columns: Int) -> Tensor {
    let (batch, count, channels) = (patches.shape[0], patches.shape[1], patches.shape[2])
    let rows = count / columns
    return Tensor([batch, rows * size, columns * size, channels]) { target in
      patches.withFloats { source in
        eachRun(batch, rows, columns, size) { patch, line, picture in
          for channel in 0..<channels {
            let from = (patch * channels + channel) * size * size + line * size
            for index in 0..<size {
              target[(picture * size + index) * channels + channel] = source[from + index]
            }
          }
        }
      }
    }
  }

  /// Calls `body` for each line of each patch: its patch, its line in it, and its place in the picture, counted in
  /// runs of a patch's width.
  static func eachRun(
    _ batch: Int, _ rows: Int, _ columns: Int, _ size: Int, _ body: (Int, Int, Int) -> Void
  ) {
    for item in 0..<batch {
      for row in 0..<rows {
        for column in 0..<columns {
          for line in 0..<size {
            body(
              (item * rows + row) * columns + column, line,
              ((item * rows + row) * size + line) * columns + column)
          }
        }
      }
    }
  }
}
