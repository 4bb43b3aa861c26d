import Autograd
import Kernels
import TensorCore

/// The layer of the published models: attention, then two products with GELU between, each added to its input and
/// normalised after.
///
/// Source: Devlin et al. 2019, "BERT", section 3, with tanh-GELU; names as in google-research/maskgit.
struct BertLayer: TransformerLayer {
  let query, key, value, out: Dense
  let attentionNorm: Norm
  let intermediate, output: Dense
  let outputNorm: Norm
  let heads: Int

  init(_ number: Int, _ configuration: MaskGITConfiguration, _ maker: ParameterMaker) {
    let (hidden, heads) = (configuration.hidden, configuration.heads)
    let head = hidden / heads
    let name = "TransformerLayer_\(number)"
    let attention = "\(name)/Attention_0/self_attention"
    func part(_ part: String) -> Dense {
      Dense(
        maker.normal("\(attention)/\(part)/kernel", [hidden, heads, head]),
        maker.zeros("\(attention)/\(part)/bias", [heads, head]), outputs: hidden)
    }
    (query, key, value) = (part("query"), part("key"), part("value"))
    out = Dense(
      maker.normal("\(attention)/out/kernel", [heads, head, hidden]),
      maker.zeros("\(attention)/out/bias", [hidden]), outputs: hidden)
    attentionNorm = Norm("\(name)/Attention_0/attention_output_ln", configuration, maker)
    intermediate = Dense(
      "\(name)/Mlp_0/intermediate_output", inputs: hidden, outputs: configuration.mlp, maker)
    output = Dense("\(name)/Mlp_0/layer_output", inputs: configuration.mlp, outputs: hidden, maker)
    outputNorm = Norm("\(name)/Mlp_0/layer_output_ln", configuration, maker)
    self.heads = heads
  }

  var parameters: [Parameter] {
    [query, key, value, out, intermediate, output].flatMap(\.parameters)
      + attentionNorm.parameters + outputNorm.parameters
  }

  func forward(
    _ input: Variable, _ surroundings: inout LayerSurroundings, _ pass: Pass
  ) -> Variable {
    let attended = surroundings.attention(
      query.forward(input, pass), key.forward(input, pass), value.forward(input, pass),
      heads: heads, pass)
    let first = surroundings.drop(out.forward(attended, pass), pass)
    let middle = attentionNorm.forward(pass.add(input, first), pass)
    let wide = pass.activate(intermediate.forward(middle, pass), .geluTanh)
    let second = surroundings.drop(output.forward(wide, pass), pass)
    return outputNorm.forward(pass.add(middle, second), pass)
  }
}

/// y = x W + b.
struct Dense: Sendable {
  let kernel: Parameter
  let bias: Parameter?
  let outputs: Int

  init(_ kernel: Parameter, _ bias: Parameter?, outputs: Int) {
    self.kernel = kernel
    self.bias = bias
    self.outputs = outputs
  }

  init(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true, isZero: Bool = false,
    _ maker: ParameterMaker
  ) {
    let shape: Shape = [inputs, outputs]
    self.init(
      isZero ? maker.zeros("\(name)/kernel", shape) : maker.normal("\(name)/kernel", shape),
      hasBias ? maker.zeros("\(name)/bias", [outputs]) : nil, outputs: outputs)
  }

  var parameters: [Parameter] { [kernel] + [bias].compactMap(\.self) }

  func forward(_ input: Variable, _ pass: Pass) -> Variable {
    pass.linear(input, weight: kernel, bias: bias, outputs: outputs)
  }
}

/// Layer normalisation with gain and offset.
struct Norm: Sendable {
  let scale: Parameter
  let bias: Parameter
  let epsilon: Float

  init(_ name: String, _ configuration: MaskGITConfiguration, _ maker: ParameterMaker) {
    scale = maker.ones("\(name)/scale", [configuration.hidden])
    bias = maker.zeros("\(name)/bias", [configuration.hidden])
    epsilon = configuration.epsilon
  }

  var parameters: [Parameter] { [scale, bias] }

  func forward(_ input: Variable, _ pass: Pass) -> Variable {
    pass.layerNorm(input, gain: scale, offset: bias, epsilon: epsilon)
  }
}
