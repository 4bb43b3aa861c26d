/// Everything that decides which primitive computes a pass.
struct ConvolutionRequest: Hashable, Sendable {
  let shape: ConvolutionShape
  let sourceBlock: Int
  let destinationBlock: Int
  let pass: ConvolutionPass
  let precision: ConvolutionPrecision
  /// Never `automatic`.
  let method: ConvolutionMethod
  /// Forward: a bias is added.
  ///
  /// Weights' gradient: the bias' gradient is wanted.
  let hasBias: Bool
  /// Forward only: weights come packed, in whatever order the primitive likes best.
  let hasPackedWeights: Bool
  /// Forward only: the result is added to what the destination holds.
  let isAdded: Bool

  /// The caller's layout of the input side.
  var source: FeatureLayout { shape.source(block: sourceBlock) }
  /// The caller's layout of the output side.
  var destination: FeatureLayout { shape.destination(block: destinationBlock) }
}

extension ConvolutionRequest: CustomStringConvertible {
  var description: String {
    "the \(pass.rawValue) pass (\(method.rawValue), \(precision.rawValue)) of the \(shape)"
  }
}
