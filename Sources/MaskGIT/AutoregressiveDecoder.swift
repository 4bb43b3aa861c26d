package import Autograd
import Kernels
import TensorCore

/// Generates tokens one after another, row by row, each from the class and the tokens before it.
///
/// Keys and values of what was seen are kept, so that a step costs a pass over one token of each image.
package struct AutoregressiveDecoder {
  package let transformer: MaskGITTransformer
  /// How codes are drawn.
  package var choice: TokenChoice
  /// The class against none, over the share of tokens that are there.
  package var guidance: Guidance
  private let pass: Pass

  /// Uses a causal network.
  package init(
    _ transformer: MaskGITTransformer, _ pass: Pass, choice: TokenChoice = TokenChoice(),
    guidance: Guidance = .none
  ) {
    precondition(transformer.isCausal && pass.tape == nil)
    self.transformer = transformer
    self.pass = pass
    self.choice = choice
    self.guidance = guidance
  }

  /// Generates images.
  ///
  /// - Parameters:
  ///   - labels: The class of each; -1 for none.
  ///   - noise: One for each; its steps are all 0.
  ///   - onToken: Told how many tokens are there; it may throw to stop.
  /// - Returns: The tokens of each.
  /// - Throws: ``MaskGITError`` about a label, and what `onToken` throws.
  package func generate(
    labels: [Int], noise: [some SamplingNoise], onToken: (Int) throws -> Void = { _ in }
  ) throws -> [[Int32]] {
    precondition(labels.count == noise.count, "one source of chance for each image")
    let configuration = transformer.configuration
    for label in labels where label >= configuration.classCount {
      throw MaskGITError.label(label, classes: configuration.classCount)
    }
    let count = labels.count
    let isGuided = guidance.isEver
    // Images without their class follow those with it.
    var memory = DecodingMemory(
      transformer, labels: isGuided ? labels + labels.map { _ in -1 } : labels, pass)
    var images = [[Int32]](repeating: [], count: count)
    for place in 0..<configuration.tokens {
      let last = images.map { Array($0.suffix(1)) }
      let logits = memory.step(isGuided ? last + last : last, pass)
      let scale = guidance.scale(at: Float(place) / Float(configuration.tokens))
      for index in 0..<count {
        let code = draw(logits, index, count, isGuided ? scale : 0, noise[index], place)
        images[index].append(code)
      }
      try onToken(place + 1)
    }
    return images
  }

  private func draw(
    _ logits: Tensor, _ index: Int, _ count: Int, _ scale: Float, _ noise: some SamplingNoise,
    _ place: Int
  ) -> Int32 {
    let digits = transformer.configuration.digits
    var row = logits[index..<(index + 1)].floats
    if scale != 0 {
      let free = logits[(count + index)..<(count + index + 1)].floats
      for column in row.indices { row[column] += scale * (row[column] - free[column]) }
    }
    var scratch = TokenChoice.Scratch(digits: digits)
    return row.withUnsafeBufferPointer {
      choice.draw($0, digits: digits, noise, step: 0, place: place, &scratch).code
    }
  }
}

/// What was seen so far by each layer.
private struct DecodingMemory {
  private let transformer: MaskGITTransformer
  private let labels: [Int]
  private let caches: [KeyValueCache]
  private let attention: CachedAttention
  private let condition: Variable?
  private var position = 0

  init(_ transformer: MaskGITTransformer, labels: [Int], _ pass: Pass) {
    let configuration = transformer.configuration
    self.transformer = transformer
    self.labels = labels
    caches = (0..<configuration.layers).map { _ in
      KeyValueCache(
        items: labels.count, heads: configuration.heads,
        headWidth: configuration.hidden / configuration.heads, capacity: configuration.tokens,
        precision: pass.precision)
    }
    attention = CachedAttention(rows: 1, capacity: configuration.tokens, workers: pass.workers)
    condition = transformer.condition(
      TokenSequences(labels: labels, tokens: labels.map { _ in [] }), pass)
  }

  /// Takes the class, then the token before; gives logits of codes or their digits, (items, columns).
  mutating func step(_ tokens: [[Int32]], _ pass: Pass) -> Tensor {
    let configuration = transformer.configuration
    let sequences = TokenSequences(labels: labels, tokens: tokens, hasClass: position == 0)
    let rotation = transformer.rotation(configuration.length)
    var surroundings = LayerSurroundings(
      condition: condition,
      rotation: rotation.map {
        Rotation(
          cosines: $0.cosines[position..<(position + 1)],
          sines: $0.sines[position..<(position + 1)])
      })
    let groups = labels.indices.map {
      QueryGroup(item: $0, row: $0, count: 1, visible: position + 1)
    }
    var state = transformer.embed(sequences, from: position, pass)
    for (layer, cache) in zip(transformer.layers, caches) {
      surroundings.attend = { [attention, position] query, key, value in
        remember(key.value, value.value, cache, position)
        return Variable(attend(query.value, groups, cache, attention))
      }
      state = layer.forward(state, &surroundings, pass)
    }
    position += 1
    let rows = pass.reshape(state, to: [labels.count, configuration.hidden])
    let logits = transformer.head.logits(rows, transformer.words, pass).value
    return MaskGITHead.codeLogits(logits, configuration, workers: pass.workers)
  }
}

private func remember(_ key: Tensor, _ value: Tensor, _ cache: KeyValueCache, _ position: Int) {
  let width = key.shape.columns
  key.withFloats { keys in
    value.withFloats { values in
      guard let k = keys.baseAddress, let v = values.baseAddress else { return }
      for item in 0..<cache.items {
        cache.put(key: k + item * width, value: v + item * width, item: item, position: position)
      }
    }
  }
}

private func attend(
  _ query: Tensor, _ groups: [QueryGroup], _ cache: KeyValueCache, _ attention: CachedAttention
) -> Tensor {
  Tensor(query.shape) { result in
    query.withFloats { query in
      guard let from = query.baseAddress, let to = result.baseAddress else { return }
      attention.attend(
        groups, query: from, queryStep: cache.heads * cache.headWidth, cache: cache,
        isCausal: false, into: to)
    }
  }
}

extension Guidance {
  /// False when α is 0 throughout.
  var isEver: Bool {
    switch self {
    case .constant(let scale), .linear(let scale), .powerCosine(let scale, _): scale != 0
    }
  }
}
