/// The size of a picture that was encoded, in an item's metadata as `{"encoded": {"height": 333, "width": 500}}`: its
/// tokens cover whole squares, and what is too much is cut off again when they are decoded.
struct EncodedSize: Codable {
  struct Size: Codable, Hashable {
    /// Pixels down.
    let height: Int
    /// Pixels across.
    let width: Int
  }

  let encoded: Size?

  init(height: Int, width: Int) { encoded = Size(height: height, width: width) }

  /// What is left of a decoded picture.
  ///
  /// - Parameters:
  ///   - height: Of what was decoded.
  ///   - width: Likewise.
  ///   - stride: Pixels that a token stands for, across and down.
  /// - Returns: The size before encoding where tokens of it have this size; all of it otherwise.
  func kept(height: Int, width: Int, stride: Int) -> (height: Int, width: Int) {
    guard let encoded, (0..<stride).contains(height - encoded.height),
      (0..<stride).contains(width - encoded.width)
    else { return (height, width) }
    return (encoded.height, encoded.width)
  }
}
