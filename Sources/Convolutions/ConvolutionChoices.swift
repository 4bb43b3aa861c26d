/// The precision of a convolution's products; values go in and come out in f32 and sums are in f32 either way.
package enum ConvolutionPrecision: String, Hashable, Sendable, CaseIterable {
  case f32
  /// Inputs and weights are rounded to bf16 where this processor multiplies them faster so, which is not so below 16
  /// channels: those layers stay in f32.
  case bf16
}

/// How a convolution is computed.
package enum ConvolutionMethod: String, Hashable, Sendable, CaseIterable {
  /// The faster of the others, by a fixed rule of the shape: the same shape always gives the same bits.
  case automatic
  /// Products and sums as they are defined.
  case direct
  /// Winograd's transform, about a quarter of the products: f32, 3x3, stride 1, padding up to 1, AVX-512.
  case winograd
}

/// The pass of a convolution that a primitive computes.
package enum ConvolutionPass: String, Hashable, Sendable, CaseIterable {
  case forward
  case backwardData
  case backwardWeights
}
