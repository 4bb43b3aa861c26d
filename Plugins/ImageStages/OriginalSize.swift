/// What is remembered of a picture's size before it was resized; in an item's metadata as
/// `{"image": {"width": 768, "height": 512}}`.
struct OriginalSize: Codable {
  struct Size: Codable {
    /// Pixels across, upright.
    let width: Int
    /// Pixels down.
    let height: Int
  }

  let image: Size?
}
