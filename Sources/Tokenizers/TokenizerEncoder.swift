import Autograd

/// Pictures to latents: levels of residual blocks, halved from level to level.
struct TokenizerEncoder {
  private let input: ConvolutionLayer
  private let levels: [[ResidualBlock]]
  private let middle: [ResidualBlock]
  private let norm: NormAndSwish
  private let output: ConvolutionLayer

  init(_ configuration: TokenizerConfiguration, _ builder: ParameterBuilder) {
    let filters = configuration.filters
    input = ConvolutionLayer("encoder/Conv_0", 3, filters, size: 3, hasBias: false, builder)
    var (channels, number) = (filters, 0)
    func block(_ outputs: Int) -> ResidualBlock {
      defer { (channels, number) = (outputs, number + 1) }
      return ResidualBlock("encoder/ResBlock_\(number)", channels, outputs, configuration, builder)
    }
    levels = configuration.multipliers.map { multiplier in
      (0..<configuration.residualBlocks).map { _ in block(filters * multiplier) }
    }
    middle = (0..<configuration.residualBlocks).map { _ in block(channels) }
    norm = NormAndSwish("encoder", 0, channels, configuration, builder)
    output = ConvolutionLayer(
      "encoder/Conv_1", channels, configuration.latentWidth, size: 1, hasBias: true, builder)
  }

  /// Pictures (N, H, W, 3) of 0...1 to latents (N, H / stride, W / stride, width).
  func callAsFunction(_ images: Variable, _ pass: Pass) throws -> Variable {
    var map = try input(pass.features(images), pass)
    for (index, blocks) in levels.enumerated() {
      for block in blocks { map = try block(consume map, pass) }
      if index < levels.count - 1 { map = pass.averagePool(map) }
    }
    for block in middle { map = try block(consume map, pass) }
    return pass.pixels(try output(norm(consume map, pass), pass))
  }
}
