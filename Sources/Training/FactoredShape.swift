import Glibc
package import TensorCore

/// A tensor seen as matrices over its two largest dimensions, as Adafactor's second moments are kept.
///
/// Rows are what is left without the largest dimension, columns what is left without the second largest.
package struct FactoredShape: Hashable, Sendable {
  /// The largest size.
  package let largest: Int
  /// The second largest.
  package let second: Int
  /// Of the moments of rows: the shape without its largest dimension.
  package let rowShape: Shape
  /// Of the moments of columns: the shape without its second largest dimension.
  package let columnShape: Shape
  /// Sizes before, between and after the two dimensions, in their order.
  private let before, first, between, last, after: Int
  private let isLargestFirst: Bool

  /// Sees a shape so; nil when it has fewer than two dimensions, or the second largest is below `least`.
  package init?(_ shape: Shape, from least: Int) {
    let sizes = shape.sizes
    guard sizes.count >= 2 else { return nil }
    // Of equal sizes the later dimension counts as the larger one.
    let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    let (large, small) = (order[order.count - 1], order[order.count - 2])
    guard sizes[small] >= least else { return nil }
    largest = sizes[large]
    second = sizes[small]
    func without(_ dimension: Int) -> Shape {
      Shape(sizes.indices.filter { $0 != dimension }.map { sizes[$0] })
    }
    rowShape = without(large)
    columnShape = without(small)
    let (lower, upper) = (min(large, small), max(large, small))
    isLargestFirst = large < small
    before = sizes[..<lower].reduce(1, *)
    first = sizes[lower]
    between = sizes[(lower + 1)..<upper].reduce(1, *)
    last = sizes[upper]
    after = sizes[(upper + 1)...].reduce(1, *)
  }

  /// Calls `body` for each element with its number, its row's and its column's.
  package func forEach(_ body: (_ index: Int, _ row: Int, _ column: Int) -> Void) {
    var index = 0
    for i in 0..<before {
      for x in 0..<first {
        for j in 0..<between {
          for y in 0..<last {
            let withoutFirst = ((i * between + j) * last + y) * after
            let withoutLast = ((i * first + x) * between + j) * after
            for k in 0..<after {
              let (a, b) = (withoutFirst + k, withoutLast + k)
              body(index, isLargestFirst ? a : b, isLargestFirst ? b : a)
              index += 1
            }
          }
        }
      }
    }
  }

  /// Which of ``meansOfRows(_:)`` a row belongs to.
  package func rest(ofRow row: Int) -> Int {
    let k = row % after
    if isLargestFirst {
      // Rows are (before, between, last, after).
      return (row / after / last) * after + k
    }
    // Rows are (before, first, between, after).
    let outer = row / after
    return (outer / (first * between) * between + outer % between) * after + k
  }

  /// The mean over the second largest dimension of the moments of rows.
  package func meansOfRows(_ rows: [Float]) -> [Float] {
    var sums = [Double](repeating: 0, count: before * between * after)
    for (row, value) in rows.enumerated() { sums[rest(ofRow: row)] += Double(value) }
    return sums.map { Float($0 / Double(second)) }
  }
}
