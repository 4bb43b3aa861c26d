package import Autograd
import Kernels
package import TensorCore

/// The base model, stage I: labels and picture to a guiding code, and the code with the picture back to labels.
///
/// Source: Kolesnikov et al. 2022, section 3.1.
package final class StageOne {
  package let configuration: StageOneConfiguration
  /// All that is learned, in order; names as in the authors' checkpoints.
  package let parameters: [Parameter]
  private let embeddings: [String: DenseParameters]
  private let encoderContext: DenseParameters?
  private let decoderContext: DenseParameters?
  private let encoderPositions: Parameter
  private let decoderPositions: Parameter
  private let encoder: TransformerEncoder
  private let decoder: TransformerEncoder
  private let encoderHead: DenseParameters
  private let decoderStem: DenseParameters
  private let absent: Parameter?
  private let heads: [String: DenseParameters]
  private let shrink: Tensor
  private let grow: Tensor

  /// Makes the network.
  package init(_ configuration: StageOneConfiguration, start: ParameterStart) {
    self.configuration = configuration
    let builder = ParameterBuilder(start)
    let (width, tokens) = (configuration.width, configuration.tokens)
    let (patch, patchPixels) = (configuration.patchSize, configuration.patchPixels)
    func labelled(_ body: (String, Int) -> DenseParameters) -> [String: DenseParameters] {
      Dictionary(
        uniqueKeysWithValues: configuration.labelNames.map { name in
          (name, body(name, configuration.values(of: name)))
        })
    }
    func context(_ name: String, _ isThere: Bool) -> DenseParameters? {
      guard isThere else { return nil }
      return DenseParameters(name, [patch, patch, 3], [width], builder)
    }
    func blocks(_ name: String, _ depth: Int) -> TransformerEncoder {
      TransformerEncoder(
        name, depth: depth, width: width, mlpWidth: configuration.mlpWidth,
        heads: configuration.heads, builder)
    }
    embeddings = labelled { name, values in
      DenseParameters("embedding_\(name)", [values, patchPixels], [width], builder)
    }
    encoderContext = context("ctx_enc_embedding", configuration.hasEncoderContext)
    encoderPositions = builder.normal(
      "pos_embedding_encoder", [1, tokens, width], deviation: Float(1 / Double(width).squareRoot()))
    encoder = blocks("encoder", configuration.encoderDepth)
    encoderHead = DenseParameters(
      "encoder_head", [width], [configuration.codewordWidth], builder)
    decoderStem = DenseParameters(
      "decoder_stem", [configuration.codewordWidth], [width], builder)
    absent =
      configuration.hasAbsentCode
      ? builder.normal(
        "decoder_absent", [1, width], deviation: Float(1 / Double(width).squareRoot())) : nil
    decoderContext = context("ctx_dec_embedding", configuration.hasDecoderContext)
    decoderPositions = builder.normal(
      "pos_embedding_decoder", [1, tokens, width], deviation: Float(1 / Double(width).squareRoot()))
    decoder = blocks("decoder", configuration.decoderDepth)
    heads = labelled { name, values in
      DenseParameters(
        "head_\(name)", [width], [values, patchPixels], startsAtZero: true, builder)
    }
    parameters = builder.parameters
    shrink = GridResize.matrix(from: configuration.grid, to: configuration.codeGrid)
    grow = GridResize.matrix(from: configuration.codeGrid, to: configuration.grid)
  }

  /// What a picture and its labels become before they are quantized.
  ///
  /// - Parameters:
  ///   - labels: By name, (batch, tokens, values of a pixel, pixels of a patch).
  ///   - image: (batch, input size, input size, 3), -1...1; ignored by a model without context in its encoder.
  ///   - pass: The pass.
  /// - Returns: (batch, codes, values of a code).
  /// - Throws: ``UViMError`` when a label is missing or of another shape.
  package func latents(
    labels: [String: Tensor], image: Tensor, _ pass: Pass
  ) throws -> Variable {
    var sum: Variable?
    for name in configuration.labelNames {
      guard let label = labels[name], let embedding = embeddings[name] else {
        throw UViMError.label(name, expected: configuration.labelNames)
      }
      try UViMError.requireShape(
        name, label.shape.sizes,
        [-1, configuration.tokens, configuration.values(of: name), configuration.patchPixels])
      let inputs = configuration.values(of: name) * configuration.patchPixels
      let flat = label.reshaped([label.shape[0], configuration.tokens, inputs])
      let part = embedding(Variable(flat), pass)
      sum = sum.map { pass.add($0, part) } ?? part
    }
    guard var tokens = sum else { throw UViMError.label("", expected: configuration.labelNames) }
    if let encoderContext { tokens = pass.add(tokens, try see(image, encoderContext, pass)) }
    tokens = pass.addToEach(tokens, pass.variable(encoderPositions))
    tokens = encoder(tokens, pass)
    if configuration.resizesBottleneck { tokens = pass.mixTokens(tokens, by: shrink) }
    return encoderHead(tokens, pass)
  }

  /// What a code and a picture become.
  ///
  /// - Parameters:
  ///   - vectors: What stands for the code, (batch, codes, values of a code).
  ///   - kept: Picture by picture, false for codes in whose place the learned vector stands; nil for all kept. Without
  ///     effect on models that have no such vector.
  ///   - image: (batch, input size, input size, 3), -1...1; ignored by a model without context in its decoder.
  ///   - pass: The pass.
  /// - Returns: Logits by name, (batch, tokens, values of a pixel, pixels of a patch).
  /// - Throws: ``UViMError`` when a shape is another.
  package func decode(
    _ vectors: Variable, kept: [Bool]? = nil, image: Tensor, _ pass: Pass
  ) throws -> [String: Variable] {
    try UViMError.requireShape(
      "code vectors", vectors.shape.sizes,
      [-1, configuration.codeLength, configuration.codewordWidth])
    var tokens = decoderStem(vectors, pass)
    if let absent, let kept { tokens = replace(tokens, kept, by: absent, pass) }
    if configuration.resizesBottleneck { tokens = pass.mixTokens(tokens, by: grow) }
    if let decoderContext { tokens = pass.add(tokens, try see(image, decoderContext, pass)) }
    tokens = pass.addToEach(tokens, pass.variable(decoderPositions))
    tokens = decoder(tokens, pass)
    var logits: [String: Variable] = [:]
    for (name, head) in heads {
      logits[name] = pass.reshape(
        head(tokens, pass),
        to: [
          tokens.shape[0], configuration.tokens, configuration.values(of: name),
          configuration.patchPixels,
        ])
    }
    return logits
  }

  /// Puts the learned vector where codes aren't kept.
  private func replace(
    _ tokens: Variable, _ kept: [Bool], by absent: Parameter, _ pass: Pass
  ) -> Variable {
    let width = tokens.shape.columns
    func mask(_ isThere: Bool) -> Variable {
      Variable(
        Tensor(tokens.shape) { mask in
          for index in mask.indices { mask[index] = kept[index / width] == isThere ? 1 : 0 }
        })
    }
    let first = Tensor(
      [tokens.shape[0], tokens.shape[1]], integers: [Int32](repeating: 0, count: kept.count))
    return pass.add(
      pass.multiply(tokens, mask(true)),
      pass.multiply(pass.embed(first, in: absent), mask(false)))
  }

  private func see(
    _ image: Tensor, _ context: DenseParameters, _ pass: Pass
  ) throws -> Variable {
    let side = configuration.inputSize
    try UViMError.requireShape("image", image.shape.sizes, [-1, side, side, 3])
    return context(Variable(Patches.cut(image, size: configuration.patchSize)), pass)
  }
}
