import Autograd

/// Two convolutions with what went in added to what comes out.
///
/// Where the number of channels changes, google-research/maskgit adds a 1x1 convolution of the block's OUTPUT instead, so
/// that nothing goes past the block; weights trained so need it kept. Others project what goes in, as usual.
struct ResidualBlock {
  private let first, second: (norm: NormAndSwish, convolution: ConvolutionLayer)
  private let projection: ConvolutionLayer?
  private let projectsInput: Bool

  init(
    _ name: String, _ inputs: Int, _ outputs: Int, _ configuration: TokenizerConfiguration,
    _ builder: ParameterBuilder
  ) {
    func part(_ index: Int, _ inputs: Int, isLast: Bool) -> (NormAndSwish, ConvolutionLayer) {
      (
        NormAndSwish(name, index, inputs, configuration, builder),
        ConvolutionLayer(
          "\(name)/Conv_\(index)", inputs, outputs, size: 3, hasBias: false,
          startsAtZero: isLast && configuration.norm == .none, builder)
      )
    }
    first = part(0, inputs, isLast: false)
    second = part(1, outputs, isLast: true)
    projectsInput = configuration.shortcut == .input
    projection =
      inputs == outputs
      ? nil
      : ConvolutionLayer(
        "\(name)/Conv_2", projectsInput ? inputs : outputs, outputs, size: 1, hasBias: false,
        builder)
  }

  func callAsFunction(_ map: consuming FeatureMap, _ pass: Pass) throws -> FeatureMap {
    var hidden = try first.convolution(first.norm(copy map, pass), pass)
    hidden = second.norm(consume hidden, pass)
    guard let projection else { return try second.convolution(hidden, pass, adding: consume map) }
    if projectsInput {
      return try second.convolution(hidden, pass, adding: try projection(consume map, pass))
    }
    let output = try second.convolution(hidden, pass)
    return try projection(output, pass, adding: output)
  }
}
