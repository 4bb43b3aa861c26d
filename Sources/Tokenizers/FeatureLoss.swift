package import Autograd
package import TensorCore

/// A term of a tokenizer's loss that another network computes.
package struct FeatureLoss {
  /// What the term counts.
  package let weight: Float
  /// Pictures and what they should be, (N, H, W, 3), to one number, shape [].
  ///
  /// The network stays as it is.
  package let distance: (_ pictures: Variable, _ wanted: Tensor, _ pass: Pass) throws -> Variable

  /// Names a term.
  package init(
    weight: Float,
    distance: @escaping (_ pictures: Variable, _ wanted: Tensor, _ pass: Pass) throws -> Variable
  ) {
    self.weight = weight
    self.distance = distance
  }
}
