package import TensorFiles

/// A tensor of a checkpoint.
package struct CheckpointEntry: Hashable, Sendable {
  /// Its name; the parts of a nested one are joined by `/`, and it is empty for the one tensor of a `.npy` file.
  package let name: String
  /// The type of its elements.
  package let type: ScalarType
  /// Sizes, outermost first, none for a scalar; checked against what the file really holds.
  package let shape: [Int]

  /// Names a tensor.
  package init(name: String, type: ScalarType, shape: [Int]) {
    self.name = name
    self.type = type
    self.shape = shape
  }

  /// Elements in all.
  package var count: Int { shape.reduce(1, *) }
  /// Bytes in all.
  package var byteCount: Int { count * type.byteCount }
}
