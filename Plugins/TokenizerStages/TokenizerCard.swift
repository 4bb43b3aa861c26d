import Tokenizers

/// What `README.md` of a published tokenizer says.
struct TokenizerCard {
  let configuration: TokenizerConfiguration
  let parameters: TrainParameters
  let vector: VectorQuantizerSettings
  let scores: Validation.Scores
  /// Weights in all.
  let weights: Int

  var text: String {
    let measured = scores.metrics.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value) |" }
    return """
      # \(title)

      Turns each \(configuration.stride)x\(configuration.stride) pixels into one of \
      \(configuration.codebookSize ?? 0) tokens, and tokens back into pixels. \(weights) weights in \
      \(parameters.weights ?? "f32"); an autoencoder after google-research/maskgit, \(quantizer).

      \(parameters.card ?? "Data and licence: see the job that trained it.")

      Trained in \(parameters.steps) steps of \(parameters.batch) squares of \(parameters.size) pixels: AdamW, rate \
      \(parameters.rate), loss \(parameters.absolute) L1 + \(parameters.squared) L2\(networks), weights averaged with decay \
      \(parameters.average).

      | measured on the validation pictures | |
      |---|---|
      \(measured.joined(separator: "\n"))

      """
  }

  /// The terms of the loss that have a network of their own.
  private var networks: String {
    let losses = parameters.losses
    var terms = ""
    if losses.perceptual > 0 { terms += " + \(losses.perceptual) perceptual (EfficientNet-Lite0)" }
    if losses.adversarial > 0 {
      terms +=
        " + \(losses.adversarial) adversarial (\(losses.adversarialLoss), R1 \(losses.penalty), from step \(losses.start))"
    }
    return terms
  }

  private var title: String {
    switch configuration.bottleneck {
    case .fsq(let levels, _): "Tokenizer with finite scalar quantization, levels \(levels)"
    case .vq(let codes, let width): "Tokenizer with \(codes) vectors of width \(width)"
    case .none: "Autoencoder"
    }
  }

  private var quantizer: String {
    switch configuration.bottleneck {
    case .fsq(_, let variant): "finite scalar quantization (variant \(variant)), no auxiliary loss"
    case .vq:
      "vector quantization: commitment \(vector.commitment), codebook average "
        + "\(vector.averageDecay.map { "\($0)" } ?? "off"), entropy \(vector.entropy), reseeding "
        + "\(vector.reseedBelow.map { "below \($0)" } ?? "off"), splitting "
        + "\(vector.splitBelow.map { "below \($0)" } ?? "off")"
    case .none: "no quantizer"
    }
  }
}
