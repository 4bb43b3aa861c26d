package import Autograd
import TensorCore

/// Where in a checkpoint a parameter's values are: under which name, in which shape, and with its axes in which order.
package struct TensorOrigin: Hashable, Sendable {
  /// In the checkpoint.
  package let name: String
  /// Sizes in the checkpoint.
  package let shape: [Int]
  /// For each axis of the parameter, the axis of the checkpoint's tensor that it is; nil when elements follow one
  /// another the same way, though the shapes may differ.
  package let axes: [Int]?

  private init(name: String, shape: [Int], axes: [Int]?) {
    self.name = name
    self.shape = shape
    self.axes = axes
  }

  /// As the parameter is, under `name`.
  package init(_ name: String, of parameter: Parameter) {
    self.init(name: name, shape: parameter.value.shape.sizes, axes: nil)
  }

  /// The same elements in the same order under other sizes: (width, heads, head) for (width, heads · head).
  ///
  /// - Parameters:
  ///   - name: In the checkpoint.
  ///   - parameter: The parameter.
  ///   - shape: In the checkpoint; of as many elements.
  package init(_ name: String, of parameter: Parameter, shape: [Int]) {
    precondition(
      shape.reduce(1, *) == parameter.value.shape.count, "the same elements under other sizes")
    self.init(name: name, shape: shape, axes: nil)
  }

  /// With axes in another order.
  ///
  /// - Parameters:
  ///   - name: In the checkpoint.
  ///   - parameter: The parameter.
  ///   - axes: For each axis of the parameter, the axis of the checkpoint's tensor that it is.
  package init(_ name: String, of parameter: Parameter, axes: [Int]) {
    let sizes = parameter.value.shape.sizes
    precondition(axes.sorted() == Array(sizes.indices), "each axis once")
    var shape = sizes
    for (size, axis) in zip(sizes, axes) { shape[axis] = size }
    let isTurned = axes != Array(sizes.indices)
    self.init(name: name, shape: shape, axes: isTurned ? axes : nil)
  }

  /// A matrix (inputs, outputs) that the checkpoint has as (outputs, inputs), as PyTorch does.
  package static func transposed(_ name: String, of parameter: Parameter) -> TensorOrigin {
    TensorOrigin(name, of: parameter, axes: [1, 0])
  }

  /// Weights (out, in, kh, kw) of a convolution that the checkpoint has as (kh, kw, in, out), as flax does.
  package static func flaxConvolution(_ name: String, of parameter: Parameter) -> TensorOrigin {
    TensorOrigin(name, of: parameter, axes: [3, 2, 0, 1])
  }
}

/// How the names of a checkpoint belong to those of a network.
package struct ParameterNaming: Sendable {
  /// Where a parameter's values are.
  package let origin: @Sendable (Parameter) -> TensorOrigin
  /// Tells tensors of the checkpoint that a network doesn't need, such as an optimizer's.
  package let isIgnored: @Sendable (String) -> Bool

  /// Names and axes by rule.
  ///
  /// - Parameters:
  ///   - isIgnored: Tells, by name, tensors of the checkpoint that aren't needed.
  ///   - origin: Where a parameter's values are.
  package init(
    ignoring isIgnored: @escaping @Sendable (String) -> Bool = { _ in false },
    origin: @escaping @Sendable (Parameter) -> TensorOrigin
  ) {
    self.origin = origin
    self.isIgnored = isIgnored
  }

  /// The network's own names and shapes, as it saves them.
  package static let own = ParameterNaming { TensorOrigin($0.name, of: $0) }

  /// The network's own names and shapes after a prefix, such as `params/`.
  ///
  /// - Parameters:
  ///   - prefix: Of every name.
  ///   - isIgnored: Tells tensors that aren't needed.
  /// - Returns: The rule.
  package static func prefixed(
    _ prefix: String, ignoring isIgnored: @escaping @Sendable (String) -> Bool = { _ in false }
  ) -> ParameterNaming {
    ParameterNaming(ignoring: isIgnored) { TensorOrigin(prefix + $0.name, of: $0) }
  }
}
