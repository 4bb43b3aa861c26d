package import Autograd
import Kernels
package import TensorCore

/// The language model, stage II: a picture to the tokens of its guiding code, one after another.
///
/// Source: Kolesnikov et al. 2022, section 3.2. Token 0 starts a sequence; token t + 1 is code t.
package final class StageTwo {
  package let configuration: StageTwoConfiguration
  /// All that is learned, in order; names as in the authors' checkpoints.
  package let parameters: [Parameter]
  private let patches: DenseParameters
  private let encoderPositions: Parameter
  private let encoder: TransformerEncoder
  let embedding: Parameter
  let positions: Parameter
  let blocks: [DecoderBlock]
  let norm: NormParameters
  let head: DenseParameters

  /// Makes the network.
  package init(_ configuration: StageTwoConfiguration, start: ParameterStart) {
    self.configuration = configuration
    let builder = ParameterBuilder(start)
    let (width, patch) = (configuration.width, configuration.patchSize)
    let deviation = Float(1 / Double(width).squareRoot())
    patches = DenseParameters("EmbedPatches", [patch, patch, 3], [width], builder)
    encoderPositions = builder.normal(
      "pos_embedding_encoder", [1, configuration.tokens, width], deviation: deviation)
    encoder = TransformerEncoder(
      "encoder", depth: configuration.layers, width: width, mlpWidth: configuration.mlpWidth,
      heads: configuration.heads, builder)
    embedding = builder.normal(
      "decoder/EmbedTargets/embedding", [configuration.vocabulary, width], deviation: deviation)
    positions = builder.normal(
      "pos_embedding_decoder", [1, configuration.codeLength, width], deviation: deviation)
    blocks = (0..<configuration.decoderLayers).map { DecoderBlock($0, configuration, builder) }
    norm = NormParameters("decoder/LayerNorm", width: width, builder)
    head = DenseParameters(
      "decoder/LogitsDense", [width], [configuration.vocabulary], startsAtZero: true, builder)
    parameters = builder.parameters
  }

  /// What the decoder sees of a picture.
  ///
  /// - Parameters:
  ///   - image: (batch, input size, input size, 3), -1...1.
  ///   - pass: The pass.
  /// - Returns: (batch, tokens, width).
  /// - Throws: ``UViMError`` when the picture is of another size.
  package func memory(of image: Tensor, _ pass: Pass) throws -> Variable {
    let side = configuration.inputSize
    try UViMError.requireShape("image", image.shape.sizes, [-1, side, side, 3])
    let cut = Variable(Patches.cut(image, size: configuration.patchSize))
    let tokens = pass.addToEach(patches(cut, pass), pass.variable(encoderPositions))
    return encoder(tokens, pass)
  }

  /// Logits of each token given those before it: teacher forcing.
  ///
  /// - Parameters:
  ///   - targets: i32, (batch, code length), tokens; the last is looked at by none.
  ///   - memory: (batch, tokens, width).
  ///   - pass: The pass.
  /// - Returns: (batch, code length, vocabulary).
  /// - Throws: ``UViMError`` when a shape or a token is another.
  package func logits(
    targets: Tensor, memory: Variable, _ pass: Pass
  ) throws -> Variable {
    try UViMError.requireShape("targets", targets.shape.sizes, [-1, configuration.codeLength])
    var tokens = pass.embed(try shiftedRight(targets), in: embedding)
    tokens = pass.addToEach(tokens, pass.variable(positions))
    let mask = Pass.causalMask(configuration.codeLength)
    for block in blocks { tokens = block(tokens, memory, mask, pass) }
    return head(norm(tokens, pass), pass)
  }

  private func shiftedRight(_ targets: Tensor) throws -> Tensor {
    let (length, values) = (configuration.codeLength, targets.integers)
    for (place, value) in values.enumerated()
    where !(0..<configuration.vocabulary).contains(Int(value)) {
      throw UViMError.code(Int(value), place: place, size: configuration.vocabulary)
    }
    return Tensor(
      targets.shape,
      integers: values.indices.map { $0.isMultiple(of: length) ? 0 : values[$0 - 1] })
  }
}

/// Attention to the tokens before, attention to the picture, and an MLP, each after a normalisation.
struct DecoderBlock {
  let norms: [NormParameters]
  let selfAttention: AttentionParameters
  let crossAttention: AttentionParameters
  let mlp: MLPParameters

  init(_ index: Int, _ configuration: StageTwoConfiguration, _ builder: ParameterBuilder) {
    let (name, width) = ("decoder/EncDecBlock\(index)", configuration.width)
    norms = (1...3).map { NormParameters("\(name)/LayerNorm\($0)", width: width, builder) }
    selfAttention = AttentionParameters(
      "\(name)/SelfAttn", width: width, heads: configuration.heads, hasBias: false, builder)
    crossAttention = AttentionParameters(
      "\(name)/CrossAttn", width: width, heads: configuration.heads, hasBias: false, builder)
    mlp = MLPParameters("\(name)/MLP", width: width, inner: configuration.mlpWidth, builder)
  }

  func callAsFunction(
    _ input: Variable, _ memory: Variable, _ mask: Tensor, _ pass: Pass
  ) -> Variable {
    let seen = norms[0](input, pass)
    var tokens = pass.add(input, selfAttention(seen, seen, mask: mask, pass))
    tokens = pass.add(tokens, crossAttention(norms[1](tokens, pass), memory, pass))
    return pass.add(tokens, mlp(norms[2](tokens, pass), pass))
  }
}
