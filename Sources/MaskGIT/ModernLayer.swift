import Autograd
import Kernels
import TensorCore

/// A layer that normalises first: RMS normalisation modulated by the class, attention with normalised and rotated
/// queries and keys, SwiGLU; what each part adds is gated by the class.
///
/// Sources: Zhang and Sennrich 2019 (RMS normalisation); Peebles and Xie 2023 (adaptive normalisation with gates that
/// start at 0); Su et al. 2021 (rotary positions); Henry et al. 2020 (normalised queries and keys); Shazeer 2020
/// (SwiGLU).
struct ModernLayer: TransformerLayer {
  let modulation: Dense
  let attentionGain, mlpGain, queryGain, keyGain: Parameter
  let query, key, value, out: Dense
  let up, down: Dense
  let heads: Int
  let epsilon: Float

  init(_ number: Int, _ configuration: MaskGITConfiguration, _ maker: ParameterMaker) {
    let (hidden, name) = (configuration.hidden, "layers/\(number)")
    let head = hidden / configuration.heads
    // A sixth of the width is enough for a class, and keeps the products of classes small beside those of tokens.
    modulation = Dense(
      "\(name)/modulation", inputs: ModernLayer.conditionWidth(hidden), outputs: 6 * hidden,
      isZero: true, maker)
    attentionGain = maker.ones("\(name)/attention_norm/scale", [hidden])
    mlpGain = maker.ones("\(name)/mlp_norm/scale", [hidden])
    queryGain = maker.ones("\(name)/attention/query_norm/scale", [head])
    keyGain = maker.ones("\(name)/attention/key_norm/scale", [head])
    func part(_ part: String) -> Dense {
      Dense(
        "\(name)/attention/\(part)", inputs: hidden, outputs: hidden, hasBias: false, maker)
    }
    (query, key, value, out) = (part("query"), part("key"), part("value"), part("out"))
    up = Dense(
      "\(name)/mlp/up", inputs: hidden, outputs: 2 * configuration.mlp, hasBias: false, maker)
    down = Dense(
      "\(name)/mlp/down", inputs: configuration.mlp, outputs: hidden, hasBias: false, maker)
    heads = configuration.heads
    epsilon = configuration.epsilon
  }

  /// Values of a class's vector.
  static func conditionWidth(_ hidden: Int) -> Int { max(16, (hidden / 4 + 15) / 16 * 16) }

  var parameters: [Parameter] {
    [modulation, query, key, value, out, up, down].flatMap(\.parameters)
      + [attentionGain, mlpGain, queryGain, keyGain]
  }

  func forward(
    _ input: Variable, _ surroundings: inout LayerSurroundings, _ pass: Pass
  ) -> Variable {
    let vectors = vectors(surroundings.condition, like: input, pass)
    let seen = attentionInput(input, vectors, pass)
    let (q, k, v) = queryKeyValue(seen, surroundings.rotation, pass)
    let attended = surroundings.attention(q, k, v, heads: heads, pass)
    let first = surroundings.drop(out.forward(attended, pass), pass)
    let middle = pass.gated(input, first, by: vectors, gate: 2)
    let second = surroundings.drop(mlp(middle, vectors, pass), pass)
    return pass.gated(middle, second, by: vectors, gate: 5)
  }

  /// Shift, scale and gate of attention, then those of the second part: (batch, 6 hidden).
  func vectors(_ condition: Variable?, like input: Variable, _ pass: Pass) -> Variable {
    guard let condition else {
      return Variable(Tensor.zeros([input.shape[0], 6 * input.shape[2]]))
    }
    return modulation.forward(condition, pass)
  }

  func attentionInput(_ input: Variable, _ vectors: Variable, _ pass: Pass) -> Variable {
    pass.modulate(
      pass.rmsNorm(input, gain: attentionGain, epsilon: epsilon), by: vectors, scale: 1, shift: 0)
  }

  func queryKeyValue(
    _ input: Variable, _ rotation: Rotation?, _ pass: Pass
  ) -> (Variable, Variable, Variable) {
    func turned(_ part: Dense, _ gain: Parameter) -> Variable {
      let plain = part.forward(input, pass)
      let head = gain.value.shape.count
      let normal = pass.rmsNorm(
        pass.reshape(plain, to: [plain.shape.count / head, head]), gain: gain, epsilon: epsilon)
      let back = pass.reshape(normal, to: plain.shape)
      guard let rotation else { return back }
      return pass.rotate(back, by: rotation)
    }
    return (turned(query, queryGain), turned(key, keyGain), value.forward(input, pass))
  }

  func mlp(_ input: Variable, _ vectors: Variable, _ pass: Pass) -> Variable {
    let seen = pass.modulate(
      pass.rmsNorm(input, gain: mlpGain, epsilon: epsilon), by: vectors, scale: 4, shift: 3)
    return down.forward(pass.swiglu(up.forward(seen, pass)), pass)
  }
}
