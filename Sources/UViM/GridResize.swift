package import TensorCore

/// Bilinear resizing of a square grid of tokens as one matrix, antialiased where the grid shrinks.
///
/// Centres of cells are at halves; weights of a cell sum to 1, at the edges too, as in `jax.image.resize`.
package enum GridResize {
  /// The weights.
  ///
  /// - Parameters:
  ///   - side: Tokens across and down.
  ///   - target: Tokens across and down that are wanted.
  /// - Returns: f32, (target target, side side); tokens row by row.
  package static func matrix(from side: Int, to target: Int) -> Tensor {
    let line = weights(from: side, to: target)
    return Tensor([target * target, side * side]) { matrix in
      for index in matrix.indices {
        let (out, from) = (index / (side * side), index % (side * side))
        matrix[index] = Float(
          line[out / target][from / side] * line[out % target][from % side])
      }
    }
  }

  private static func weights(from side: Int, to target: Int) -> [[Double]] {
    let step = Double(side) / Double(target)
    let radius = max(step, 1)
    return (0..<target).map { index in
      let centre = (Double(index) + 0.5) * step - 0.5
      let shares = (0..<side).map { max(0, 1 - abs(centre - Double($0)) / radius) }
      let sum = shares.reduce(0, +)
      return shares.map { $0 / sum }
    }
  }
}
