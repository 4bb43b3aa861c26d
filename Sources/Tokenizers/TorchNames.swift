/// The names that PyTorch ports of MaskGIT's tokenizer give its parameters, by the names that flax gives them.
///
/// `encoder/ResBlock_1/Conv_0/kernel` of a tokenizer with one block a level is `encoder.down.1.block.0.conv1.weight`.
package struct TorchNames: Sendable {
  private let names: [String: String]

  /// Lists the names of a tokenizer of this shape.
  package init(_ configuration: TokenizerConfiguration) {
    var names = ["quantizer/codebook": "quantize.embedding.weight"]
    let (levels, blocks) = (configuration.multipliers.count, configuration.residualBlocks)
    func convolution(_ flax: String, _ torch: String) {
      names["\(flax)/kernel"] = "\(torch).weight"
      names["\(flax)/bias"] = "\(torch).bias"
    }
    func norm(_ flax: String, _ torch: String) {
      names["\(flax)/scale"] = "\(torch).weight"
      names["\(flax)/bias"] = "\(torch).bias"
    }
    func block(_ flax: String, _ torch: String) {
      norm("\(flax)/GroupNorm_0", "\(torch).norm1")
      convolution("\(flax)/Conv_0", "\(torch).conv1")
      norm("\(flax)/GroupNorm_1", "\(torch).norm2")
      convolution("\(flax)/Conv_1", "\(torch).conv2")
      convolution("\(flax)/Conv_2", "\(torch).nin_shortcut")
    }
    for side in ["encoder", "decoder"] {
      convolution("\(side)/Conv_0", "\(side).conv_in")
      norm("\(side)/GroupNorm_0", "\(side).norm_out")
    }
    convolution("encoder/Conv_1", "encoder.conv_out")
    convolution("decoder/Conv_\(levels)", "decoder.conv_out")
    for index in 0..<blocks {
      block("encoder/ResBlock_\(levels * blocks + index)", "encoder.mid.\(index)")
      block("decoder/ResBlock_\(index)", "decoder.mid.\(index)")
    }
    for level in 0..<levels {
      for index in 0..<blocks {
        block(
          "encoder/ResBlock_\(level * blocks + index)", "encoder.down.\(level).block.\(index)")
        // flax numbers the decoder's blocks as they are run, from the lowest resolution on.
        block(
          "decoder/ResBlock_\((levels - level) * blocks + index)",
          "decoder.up.\(level).block.\(index)")
      }
      if level > 0 {
        convolution("decoder/Conv_\(levels - level)", "decoder.up.\(level).upsample_conv")
      }
    }
    self.names = names
  }

  /// The port's name of a parameter.
  package subscript(flax: String) -> String { names[flax] ?? flax }
}
