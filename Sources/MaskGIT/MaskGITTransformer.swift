package import Autograd
import Kernels
import TensorCore

/// The bidirectional transformer: a class and tokens in, logits of codes out.
///
/// A sequence is the class, then the tokens row by row; a place to be filled is the vocabulary's last row, and so is the
/// class of guidance without one. The head's product is with the word embedding itself.
///
/// Source: Chang et al. 2022, section 3.2, and google-research/maskgit for all it leaves open.
package final class MaskGITTransformer: Sendable {
  package let configuration: MaskGITConfiguration
  /// True for a model that predicts each token from the class and the tokens before it.
  package let isCausal: Bool
  /// (vocabulary, hidden).
  let words: Parameter
  /// (length, hidden), added to the words.
  ///
  /// Layers with rotary positions have them too: before anything is known all places hold the same word, and
  /// rotation alone would tell them apart by their distance from the class only.
  let positions: Parameter
  /// After words and positions; nil for layers that normalise first.
  let embeddingNorm: Norm?
  /// (classes + 1, width) of the class's vector, the last row for none; nil when layers don't take it.
  let conditions: Parameter?
  let layers: [any TransformerLayer]
  let head: MaskGITHead
  private let rotation: Rotation?
  private let fast = FastLayers()

  /// Makes a network as training begins with it.
  ///
  /// - Parameters:
  ///   - configuration: Its sizes.
  ///   - isCausal: True for autoregression.
  ///   - seed: Of its parameters.
  package init(_ configuration: MaskGITConfiguration, isCausal: Bool = false, seed: UInt64 = 0) {
    let maker = ParameterMaker(seed: seed)
    let hidden = configuration.hidden
    self.configuration = configuration
    self.isCausal = isCausal
    words = maker.normal(
      "Embed_0/word_embeddings/embedding", [configuration.vocabulary, hidden])
    positions = maker.normal(
      "Embed_0/position_embeddings/embedding", [configuration.length, hidden])
    switch configuration.block {
    case .bert:
      embeddingNorm = Norm("Embed_0/embeddings_ln", configuration, maker)
      conditions = nil
      rotation = nil
      layers = (0..<configuration.layers).map { BertLayer($0, configuration, maker) }
    case .modern:
      embeddingNorm = nil
      conditions = maker.normal(
        "conditions/embedding",
        [configuration.classCount + 1, ModernLayer.conditionWidth(hidden)], deviation: 1)
      rotation = GridRotation.angles(
        rows: configuration.grid[0], columns: configuration.grid[1],
        headWidth: hidden / configuration.heads, length: configuration.length)
      layers = (0..<configuration.layers).map { ModernLayer($0, configuration, maker) }
    }
    head = MaskGITHead(configuration, maker)
  }

  /// All that is learned, in the order of the network.
  package var parameters: [Parameter] {
    [words, positions] + (embeddingNorm?.parameters ?? [])
      + [conditions].compactMap(\.self) + layers.flatMap(\.parameters) + head.parameters
  }

  /// Learned numbers in all.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.shape.count } }

  /// Logits over the vocabulary at each place.
  ///
  /// - Parameters:
  ///   - sequences: Class and tokens of each item.
  ///   - rows: The places whose logits are wanted, as rows of (batch × length); nil for all.
  ///   - dropout: In training.
  ///   - pass: How to compute.
  /// - Returns: (batch, length, vocabulary), or (rows, vocabulary).
  package func logits(
    _ sequences: TokenSequences, rows: [Int]? = nil, dropout: Dropout? = nil, _ pass: Pass
  ) -> Variable {
    let hidden = hidden(sequences, dropout: dropout, pass)
    return head.logits(rows.map { pass.gatherRows($0, of: hidden) } ?? hidden, words, pass)
  }

  /// What the last layer gives, (batch, length, hidden).
  package func hidden(
    _ sequences: TokenSequences, dropout: Dropout? = nil, _ pass: Pass
  ) -> Variable {
    if pass.tape == nil, !isCausal, dropout == nil,
      let encoder = fast.encoder(
        layers.compactMap { $0 as? BertLayer }, epsilon: configuration.epsilon, pass)
    {
      return Variable(encoder.run(embed(sequences, pass).value))
    }
    var surroundings = LayerSurroundings(
      condition: condition(sequences, pass), rotation: rotation(sequences.length),
      mask: isCausal ? Pass.causalMask(sequences.length) : nil, dropout: dropout)
    var state = surroundings.drop(embed(sequences, pass), pass)
    for layer in layers { state = layer.forward(state, &surroundings, pass) }
    return state
  }

  func rotation(_ length: Int) -> Rotation? {
    guard let rotation, length < configuration.length else { return rotation }
    return Rotation(
      cosines: rotation.cosines[0..<length], sines: rotation.sines[0..<length])
  }

  /// swish of each item's class vector.
  func condition(_ sequences: TokenSequences, _ pass: Pass) -> Variable? {
    guard let conditions else { return nil }
    let rows = sequences.labels.map { Int32($0 < 0 ? configuration.classCount : $0) }
    let chosen = pass.embed(Tensor([rows.count], integers: rows), in: conditions)
    return pass.activate(chosen, .swish)
  }

  /// Words and positions, (batch, length, hidden).
  func embed(_ sequences: TokenSequences, from first: Int = 0, _ pass: Pass) -> Variable {
    let indices = sequences.indices(configuration)
    let named: Variable
    switch configuration.head {
    case .codes: named = pass.embed(indices, in: words)
    case .digits: named = pass.embedSum(indices, in: words)
    }
    let places = (0..<sequences.count).flatMap { _ in
      (0..<sequences.length).map { Int32(first + $0) }
    }
    let placed = pass.embed(
      Tensor([sequences.count, sequences.length], integers: places), in: positions)
    let sum = pass.add(named, placed)
    return embeddingNorm?.forward(sum, pass) ?? sum
  }
}
