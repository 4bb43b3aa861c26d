import Autograd
import Kernels
import TensorCore

/// A layer normalisation's parameters.
struct NormParameters {
  let scale: Parameter
  let bias: Parameter

  init(_ name: String, width: Int, _ builder: ParameterBuilder) {
    scale = builder.constant("\(name)/scale", [width], 1)
    bias = builder.constant("\(name)/bias", [width], 0)
  }

  /// flax's default.
  static let epsilon: Float = 1e-6

  func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    pass.layerNorm(input, gain: scale, offset: bias, epsilon: Self.epsilon)
  }
}

/// Weights (inputs, outputs) and, where there is one, a bias.
struct DenseParameters {
  let kernel: Parameter
  let bias: Parameter?
  let outputs: Int

  /// - Parameters:
  ///   - name: Of the module.
  ///   - inputs: Sizes that make up the inputs.
  ///   - outputs: Sizes that make up the outputs.
  ///   - hasBias: False where the architecture has none.
  ///   - startsAtZero: As heads do.
  ///   - builder: Makes the parameters.
  init(
    _ name: String, _ inputs: [Int], _ outputs: [Int], hasBias: Bool = true,
    startsAtZero: Bool = false, _ builder: ParameterBuilder
  ) {
    let (rows, columns) = (inputs.reduce(1, *), outputs.reduce(1, *))
    let shape = Shape(inputs + outputs)
    kernel =
      startsAtZero
      ? builder.constant("\(name)/kernel", shape, 0)
      : builder.spread("\(name)/kernel", shape, inputs: rows, outputs: columns)
    bias = hasBias ? builder.constant("\(name)/bias", Shape(outputs), 0) : nil
    self.outputs = columns
  }

  func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    pass.linear(input, weight: kernel, bias: bias, outputs: outputs)
  }
}

/// The four products of attention with several heads.
struct AttentionParameters {
  let query, key, value, out: DenseParameters
  let heads: Int

  init(_ name: String, width: Int, heads: Int, hasBias: Bool, _ builder: ParameterBuilder) {
    let parts = [heads, width / heads]
    query = DenseParameters("\(name)/query", [width], parts, hasBias: hasBias, builder)
    key = DenseParameters("\(name)/key", [width], parts, hasBias: hasBias, builder)
    value = DenseParameters("\(name)/value", [width], parts, hasBias: hasBias, builder)
    out = DenseParameters("\(name)/out", parts, [width], hasBias: hasBias, builder)
    self.heads = heads
  }

  /// Attends from `input` to `context`, both (batch, tokens, width).
  func callAsFunction(
    _ input: Variable, _ context: Variable, mask: Tensor? = nil, _ pass: Pass
  ) -> Variable {
    let attended = pass.attention(
      query(input, pass), key(context, pass), value(context, pass), heads: heads, mask: mask)
    return out(attended, pass)
  }
}

/// Two products with GELU, by its approximation with tanh, between them.
struct MLPParameters {
  let first, second: DenseParameters

  init(_ name: String, width: Int, inner: Int, _ builder: ParameterBuilder) {
    first = DenseParameters("\(name)/Dense_0", [width], [inner], builder)
    second = DenseParameters("\(name)/Dense_1", [inner], [width], builder)
  }

  func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    second(pass.activate(first(input, pass), .geluTanh), pass)
  }
}

/// Blocks that normalise before attention and before the MLP, and a last normalisation.
///
/// Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words", section 3.1.
struct TransformerEncoder {
  private let blocks: [Block]
  private let norm: NormParameters

  private struct Block {
    let norms: [NormParameters]
    let attention: AttentionParameters
    let mlp: MLPParameters
  }

  init(
    _ name: String, depth: Int, width: Int, mlpWidth: Int, heads: Int, _ builder: ParameterBuilder
  ) {
    blocks = (0..<depth).map { index in
      let block = "\(name)/encoderblock_\(index)"
      return Block(
        norms: (0..<2).map { NormParameters("\(block)/LayerNorm_\($0)", width: width, builder) },
        attention: AttentionParameters(
          "\(block)/MultiHeadDotProductAttention_0", width: width, heads: heads, hasBias: true,
          builder),
        mlp: MLPParameters("\(block)/MlpBlock_0", width: width, inner: mlpWidth, builder))
    }
    norm = NormParameters("\(name)/encoder_norm", width: width, builder)
  }

  /// (batch, tokens, width) to the same.
  func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    var tokens = input
    for block in blocks {
      let seen = block.norms[0](tokens, pass)
      tokens = pass.add(tokens, block.attention(seen, seen, pass))
      tokens = pass.add(tokens, block.mlp(block.norms[1](tokens, pass), pass))
    }
    return norm(tokens, pass)
  }
}
