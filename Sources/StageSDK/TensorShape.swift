/// The type and size of a tensor before it exists.
public struct TensorShape: Hashable, Sendable, CustomStringConvertible {
  /// The type of its elements.
  public var type: ElementType
  /// Sizes with the batch first; -1 where unknown or different from item to item, and for the batch.
  public var dimensions: [Int]
  /// What the numbers mean; nil keeps what the port says.
  public var semantic: String?

  /// Makes a shape; the batch dimension is -1.
  public init(type: ElementType, dimensions: [Int], semantic: String? = nil) {
    self.type = type
    self.dimensions = dimensions
    self.semantic = semantic
  }

  /// `f32[N,256,256,3]`.
  public var description: String {
    let sizes = dimensions.enumerated().map { index, size in
      size >= 0 ? String(size) : index == 0 ? "N" : "?"
    }
    return "\(type)[\(sizes.joined(separator: ","))]"
  }
}
