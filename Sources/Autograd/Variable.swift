package import TensorCore

/// A tensor within a pass: its value, and while a tape runs, its gradient.
package final class Variable {
  /// Never changed.
  package let value: Tensor
  /// Of the loss with respect to the value; nil until one has arrived.
  package private(set) var gradient: Tensor?
  /// True when the loss may depend on it by way of a parameter or a watched input.
  package let needsGradient: Bool

  package var shape: Shape { value.shape }

  /// A value that nothing is learned from.
  package convenience init(_ value: Tensor) { self.init(value, needsGradient: false) }

  init(_ value: Tensor, needsGradient: Bool) {
    self.value = value
    self.needsGradient = needsGradient
  }

  /// Adds to the gradient.
  func accumulate(_ part: Tensor, _ pass: Pass) {
    guard needsGradient else { return }
    precondition(part.shape == shape, "a gradient of \(part.shape) for a value of \(shape)")
    guard var sum = gradient else {
      gradient = part
      return
    }
    // Nobody else may hold it while it is changed in place.
    gradient = nil
    pass.add(part, to: &sum)
    gradient = sum
  }

  /// Hands the gradient out and forgets it: what has been passed on is needed no more.
  func takeGradient() -> Tensor? {
    defer { gradient = nil }
    return gradient
  }
}
