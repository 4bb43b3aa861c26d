import Autograd

/// Two convolutions with what went in added to what comes out.
///
/// Where the number of channels changes, google-research/maskgit adds a 1x1 convolution of the block's OUTPUT instead, so
/// that nothing goes past the block; weights trained so need it kept.
struct ResidualBlock {
  private let first, second: (norm: NormAndSwish, convolution: ConvolutionLayer)
  private let shortcut: ConvolutionLayer?

  init(_ name: String, _ inputs: Int, _ outputs: Int, groups: Int, _ builder: ParameterBuilder) {
    func part(_ index: Int, _ inputs: Int) -> (NormAndSwish, ConvolutionLayer) {
      (
        NormAndSwish("\(name)/GroupNorm_\(index)", inputs, groups: groups, builder),
        ConvolutionLayer("\(name)/Conv_\(index)", inputs, outputs, size: 3, hasBias: false, builder)
      )
    }
    first = part(0, inputs)
    second = part(1, outputs)
    shortcut =
      inputs == outputs
      ? nil
      : ConvolutionLayer("\(name)/Conv_2", outputs, outputs, size: 1, hasBias: false, builder)
  }

  func callAsFunction(_ map: consuming FeatureMap, _ pass: Pass) throws -> FeatureMap {
    var hidden = try first.convolution(first.norm(copy map, pass), pass)
    hidden = second.norm(consume hidden, pass)
    guard let shortcut else { return try second.convolution(hidden, pass, adding: consume map) }
    let output = try second.convolution(hidden, pass)
    return try shortcut(output, pass, adding: output)
  }
}
