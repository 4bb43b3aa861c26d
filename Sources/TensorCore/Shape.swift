/// The sizes of a tensor, outermost first; the last dimension is the fastest.
package struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// Each at least 0.
  package let sizes: [Int]

  /// Takes sizes, outermost first.
  package init(_ sizes: [Int]) {
    precondition(sizes.allSatisfy { $0 >= 0 }, "sizes are at least 0")
    self.sizes = sizes
  }

  /// Takes sizes, outermost first.
  package init(arrayLiteral sizes: Int...) { self.init(sizes) }

  /// Dimensions; 0 for a scalar.
  package var rank: Int { sizes.count }
  /// Elements in all.
  package var count: Int { sizes.reduce(1, *) }

  /// The size of a dimension; negative ones count from the end.
  package subscript(dimension: Int) -> Int {
    sizes[dimension < 0 ? sizes.count + dimension : dimension]
  }

  /// Elements of all but the last dimension.
  package var rows: Int { sizes.dropLast().reduce(1, *) }
  /// The last size; 1 for a scalar.
  package var columns: Int { sizes.last ?? 1 }
}

extension Shape: CustomStringConvertible {
  /// `[2, 3]`.
  package var description: String { "\(sizes)" }
}
