/// Values that are no finite numbers, among those that are to be rounded: what a network gives that has gone wrong.
///
/// The kernels take them for 0, which makes valid codes of them; whoever quantizes asks for them first.
package struct NonFiniteValues: Error, Hashable, Sendable {
  /// How many there are.
  package let count: Int
  /// Among how many.
  package let total: Int
  /// Where the first is, in elements from the start.
  package let first: Int

  /// Looks for them; nil when all values are finite.
  package init?(in values: UnsafeBufferPointer<Float>) {
    // The product with 0 is 0 for finite numbers alone; a sum without branches keeps the usual case fast.
    var sum: Float = 0
    for value in values { sum += value * 0 }
    guard !(sum == 0), let first = values.firstIndex(where: { !$0.isFinite }) else { return nil }
    self.first = first
    total = values.count
    count = values.count { !$0.isFinite }
  }
}

extension NonFiniteValues: CustomStringConvertible {
  package var description: String {
    """
    \(count) of \(total) values to be quantized \(count == 1 ? "is no finite number" : "are no finite numbers"), \
    the first at place \(first)
    """
  }
}
