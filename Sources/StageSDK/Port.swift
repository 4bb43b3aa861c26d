/// A named input or output of a stage.
public struct Port: Sendable {
  /// A dimension: a fixed size, or a name that stands for one size within the stage ("N" is the batch).
  public enum Dimension: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral
  {
    /// This size and no other.
    case fixed(Int)
    /// The same size wherever the name stands.
    case named(String)

    /// A name.
    public init(stringLiteral value: String) { self = .named(value) }

    /// A size.
    public init(integerLiteral value: Int) { self = .fixed(value) }
  }

  /// Its name within the stage.
  public var name: String
  /// Types that will do, or those an output may give; empty for a file.
  public var types: [ElementType]
  /// With the batch first; nil when any rank will do.
  public var dimensions: [Dimension]?
  /// What the numbers mean, "image.rgb"; nil for anything.
  public var semantic: String?
  /// One line.
  public var doc: String
  /// May be left unconnected.
  public var isOptional: Bool
  /// The item's file instead of a tensor.
  public var isFile: Bool

  /// A tensor of known rank.
  public static func tensor(
    _ name: String, _ types: [ElementType], _ dimensions: [Dimension], semantic: String? = nil,
    _ doc: String, optional: Bool = false
  ) -> Port {
    Port(
      name: name, types: types, dimensions: dimensions, semantic: semantic, doc: doc,
      isOptional: optional, isFile: false)
  }

  /// A tensor of any rank.
  public static func anyTensor(
    _ name: String, _ types: [ElementType], semantic: String? = nil, _ doc: String,
    optional: Bool = false
  ) -> Port {
    Port(
      name: name, types: types, dimensions: nil, semantic: semantic, doc: doc,
      isOptional: optional, isFile: false)
  }

  /// The item's file.
  public static func file(_ name: String, _ doc: String) -> Port {
    Port(
      name: name, types: [], dimensions: nil, semantic: nil, doc: doc, isOptional: false,
      isFile: true)
  }
}
