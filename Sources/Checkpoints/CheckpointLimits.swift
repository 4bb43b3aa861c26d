/// How much of a file is believed before it is called hostile.
package struct CheckpointLimits: Hashable, Sendable {
  /// Tensors in one file.
  package var entries = 1 << 20
  /// UTF-8 bytes of one name, and of the parts it is joined from.
  package var nameBytes = 4096
  /// UTF-8 bytes of all names; nested names repeat their beginnings, so a file can make more of them than it holds.
  package var allNameBytes = 64 << 20
  /// Levels of nesting.
  package var depth = 64
  /// Sizes of a shape.
  package var rank = 64
  /// Bytes that all compressed members of one file inflate to.
  package var inflatedBytes = 64 << 30

  /// The usual limits.
  package init() {}
}
