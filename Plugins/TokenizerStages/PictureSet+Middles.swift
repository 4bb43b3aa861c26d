import PictureSets
import TensorCore

extension PictureSet {
  /// Squares from the middles of the first pictures, 32 at a time, cut when they are asked for.
  ///
  /// - Parameters:
  ///   - limit: The most pictures.
  ///   - side: Pixels across and down.
  /// - Returns: f32 of 0...1, (pictures, side, side, 3) each.
  func middles(first limit: Int, side: Int) -> some Sequence<Tensor> {
    let count = min(limit, self.count)
    return stride(from: 0, to: count, by: 32).lazy.map { start in
      // The middle is where it is: nothing is drawn.
      var random = CounterRandom(seed: 0)
      return PictureBatch(side: side, crop: .centre).images(
        Array(start..<min(start + 32, count)), of: self, random: &random)
    }
  }
}
