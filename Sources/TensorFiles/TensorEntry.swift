/// A tensor in a file: where it lies and how.
package struct TensorEntry: Hashable, Sendable {
  /// Its name; empty in a format that holds one tensor without a name.
  package var name: String
  /// The type of its elements.
  package var type: ScalarType
  /// Sizes, outermost first; empty for a scalar.
  package var shape: [Int]
  /// Where its bytes start, from the start of the file.
  package var offset: Int
  /// The first index varies fastest, not the last.
  package var isFortranOrder = false
  /// Bytes of an element are in the order of big-endian machines.
  package var isBigEndian = false

  /// Elements in all; at most 2^56 for an entry that a reader gave out.
  package var count: Int { shape.reduce(1, *) }
  /// Bytes in all.
  package var byteCount: Int { count * type.byteCount }

  /// The product of sizes, or nil when it isn't a size that memory could have.
  package static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      guard size >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= 1 << 56 else { return nil }
      count = product
    }
    return count
  }
}
