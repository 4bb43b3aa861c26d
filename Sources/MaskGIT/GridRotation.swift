import Glibc
import Kernels
import TensorCore

/// Rotary positions in two dimensions: half of a head's pairs turn with the row, half with the column.
///
/// Source: Su et al. 2021, "RoFormer", for one dimension; split over two as in Heo et al. 2024, "Rotary position
/// embedding for vision transformer", axial variant, with base 100: grids are far smaller than texts are long.
enum GridRotation {
  /// Angles of the class, which doesn't turn, and of the places after it, row by row.
  ///
  /// - Parameters:
  ///   - rows: Of the grid.
  ///   - columns: Of the grid.
  ///   - headWidth: A multiple of 4.
  ///   - length: How many to give; at most rows × columns + 1.
  /// - Returns: (length, headWidth / 2) each.
  static func angles(rows: Int, columns: Int, headWidth: Int, length: Int) -> Rotation {
    let pairs = headWidth / 2
    func table(_ function: (Double) -> Double) -> Tensor {
      Tensor([length, pairs]) { target in
        for index in target.indices {
          let (token, pair) = (index / pairs, index % pairs)
          guard token > 0 else {
            target[index] = Float(function(0))
            continue
          }
          let place = token - 1
          let isRow = pair < pairs / 2
          let position = Double(isRow ? place / columns : place % columns) + 1
          let share = Double(isRow ? pair : pair - pairs / 2) / Double(max(1, pairs / 2))
          target[index] = Float(function(position * pow(100, -share)))
        }
      }
    }
    return Rotation(cosines: table { cos($0) }, sines: table { sin($0) })
  }
}
