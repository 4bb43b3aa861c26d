/// The fixed rule of ``ConvolutionMethod/automatic``: the same shape always takes the same way.
enum ConvolutionRule {
  /// Whether Winograd's F(4x4, 3x3) can compute this at all.
  static func canWinograd(_ shape: ConvolutionShape, _ precision: ConvolutionPrecision) -> Bool {
    let sides = [shape.padding.top, shape.padding.left, shape.padding.bottom, shape.padding.right]
    return precision == .f32 && ConvolutionMachine.hasAVX512
      && shape.kernelHeight == 3 && shape.kernelWidth == 3
      && shape.strideHeight == 1 && shape.strideWidth == 1
      && sides.allSatisfy { $0 <= 1 }
      && shape.inChannels.isMultiple(of: 16) && shape.outChannels.isMultiple(of: 16)
  }

  /// Whether it is the faster one.
  ///
  /// Transformed weights are four times as many, and read whole for one tile of 4x4 results as for a thousand: measured,
  /// that pays from a dozen tiles on where they come packed, and from about 32 where gradients are transformed in each
  /// pass. Narrow layers do too little between the transforms of their pixels.
  static func prefersWinograd(
    _ shape: ConvolutionShape, _ precision: ConvolutionPrecision, _ pass: ConvolutionPass
  ) -> Bool {
    let tiles = shape.count * ((shape.outHeight + 3) / 4) * ((shape.outWidth + 3) / 4)
    return canWinograd(shape, precision) && tiles >= (pass == .forward ? 12 : 32)
      && min(shape.inChannels, shape.outChannels) >= 32
  }

  /// The precision that is computed in when `wanted` is asked for.
  static func precision(
    _ wanted: ConvolutionPrecision, _ shape: ConvolutionShape
  ) -> ConvolutionPrecision {
    guard wanted == .bf16, ConvolutionMachine.hasBF16 else { return .f32 }
    return min(shape.inChannels, shape.outChannels) >= 16 ? .bf16 : .f32
  }
}
