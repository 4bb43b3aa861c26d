/// What is remembered of a picture's size before it was resized; in an item's metadata as
/// `{"image": {"width": 768, "height": 512}}`.
public struct OriginalSize: Codable, Sendable {
  /// A picture's size, upright.
  public struct Size: Codable, Hashable, Sendable {
    /// Pixels across.
    public let width: Int
    /// Pixels down.
    public let height: Int

    /// Takes a size.
    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  /// Of the file; nil when no earlier stage said.
  public let image: Size?

  /// Takes a size.
  public init(image: Size?) { self.image = image }
}
