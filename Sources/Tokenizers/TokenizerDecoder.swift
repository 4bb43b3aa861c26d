import Autograd

/// Codes to pictures: the encoder's mirror image.
struct TokenizerDecoder {
  private let input: ConvolutionLayer
  private let middle: [ResidualBlock]
  /// From the lowest resolution to the highest.
  private let levels: [(blocks: [ResidualBlock], enlarging: ConvolutionLayer?)]
  private let norm: NormAndSwish
  private let output: ConvolutionLayer

  init(_ configuration: TokenizerConfiguration, _ builder: ParameterBuilder) {
    let filters = configuration.filters
    var channels = filters * (configuration.multipliers.last ?? 1)
    var (blocks, convolutions) = (0, 0)
    func block(_ outputs: Int) -> ResidualBlock {
      defer { (channels, blocks) = (outputs, blocks + 1) }
      return ResidualBlock("decoder/ResBlock_\(blocks)", channels, outputs, configuration, builder)
    }
    func convolution(_ inputs: Int, _ outputs: Int) -> ConvolutionLayer {
      defer { convolutions += 1 }
      return ConvolutionLayer(
        "decoder/Conv_\(convolutions)", inputs, outputs, size: 3, hasBias: true, builder)
    }
    input = convolution(configuration.latentWidth, channels)
    middle = (0..<configuration.residualBlocks).map { _ in block(channels) }
    levels = configuration.multipliers.enumerated().reversed().map { index, multiplier in
      let own = (0..<configuration.residualBlocks).map { _ in block(filters * multiplier) }
      return (own, index > 0 ? convolution(channels, channels) : nil)
    }
    norm = NormAndSwish("decoder", 0, channels, configuration, builder)
    output = convolution(channels, 3)
  }

  /// Codes (N, h, w, width) to pictures (N, h x stride, w x stride, 3) of about 0...1, not cut off.
  func callAsFunction(_ codes: Variable, _ pass: Pass) throws -> Variable {
    var map = try input(pass.features(codes), pass)
    for block in middle { map = try block(consume map, pass) }
    for level in levels {
      for block in level.blocks { map = try block(consume map, pass) }
      if let enlarging = level.enlarging { map = try enlarging(pass.upsampleNearest(map), pass) }
    }
    return pass.pixels(try output(norm(consume map, pass), pass))
  }
}
