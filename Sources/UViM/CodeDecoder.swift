import Kernels
package import TensorCore

/// Predicts guiding codes token by token, several tokens to a step where guesses come true.
///
/// Guessed tokens are computed together with the one that is known; what comes out before the first wrong guess is what
/// going one by one would have given, bit for bit: Jacobi's iteration. Guesses are the last step's results, or what
/// followed last time after the same token.
///
/// Source: Song et al. 2021, "Accelerating feedforward computation via parallel nonlinear equation solving", section
/// 3.2; Fu et al. 2024, "Break the sequential dependency of LLM inference using lookahead decoding".
package struct CodeDecoder: Sendable {
  /// How many tokens a step computes.
  package enum Method: Hashable, Sendable {
    /// One of each item.
    case sequential
    /// So many of each item, at least 1.
    case lookahead(window: Int)
    /// Several as long as that pays.
    case automatic
  }

  /// What came out.
  package struct Prediction: Hashable, Sendable {
    /// By item; 0 is the start token, t + 1 code t.
    package let tokens: [[Int32]]
    /// Steps that were computed.
    package let steps: Int

    /// Tokens less 1: i32, (batch, code length).
    ///
    /// A start token within a sequence, which trained models don't predict,
    /// becomes -1.
    package var codes: Tensor {
      Tensor([tokens.count, tokens.first?.count ?? 0], integers: tokens.joined().map { $0 - 1 })
    }
  }

  private let weights: DecoderWeights
  private let workers: any Workers

  /// Takes a decoder.
  package init(_ weights: DecoderWeights, workers: any Workers) {
    self.weights = weights
    self.workers = workers
  }

  /// Decodes.
  ///
  /// - Parameters:
  ///   - memory: What the decoder sees of the pictures, (batch, tokens, width).
  ///   - choice: How tokens are chosen.
  ///   - method: How many tokens a step computes; results don't depend on it.
  ///   - length: Tokens to decode; nil for all.
  ///   - isCancelled: Asked before each step; true ends decoding early with what there is.
  /// - Returns: The tokens.
  package func decode(
    memory: Tensor, choice: TokenChoice = .greedy, method: Method = .automatic, length: Int? = nil,
    isCancelled: () -> Bool = { false }
  ) -> Prediction {
    let batch = memory.shape[0]
    let length = min(length ?? weights.configuration.codeLength, weights.configuration.codeLength)
    let window = min(Self.window(method, batch: batch), length)
    let session = DecoderSession(weights, memory: memory, rowsPerItem: window, workers: workers)
    var lines = (0..<batch).map { _ in TokenLine(length: length) }
    var pace = Pace(isWatched: method == .automatic, window: window)
    var steps = 0
    while lines.contains(where: { !$0.isDone }), !isCancelled() {
      step(&lines, session, choice, pace.window)
      steps += 1
      pace.record(lines.map(\.known).reduce(0, +), of: lines.count, steps: steps)
    }
    return Prediction(tokens: lines.map(\.tokens), steps: steps)
  }

  private static func window(_ method: Method, batch: Int) -> Int {
    switch method {
    case .sequential: 1
    case .lookahead(let window): max(1, window)
    // A tile of products is 12 rows: more would read the weights twice.
    case .automatic: max(1, min(6, 12 / max(1, batch)))
    }
  }

  private func step(
    _ lines: inout [TokenLine], _ session: DecoderSession, _ choice: TokenChoice, _ window: Int
  ) {
    var groups: [QueryGroup] = []
    var tokens: [Int32] = []
    for (item, line) in lines.enumerated() where !line.isDone {
      let count = min(window, line.length - line.known)
      groups.append(
        QueryGroup(item: item, row: tokens.count, count: count, visible: line.known + 1))
      for place in line.known..<(line.known + count) {
        tokens.append(place == 0 ? 0 : line.tokens[place - 1])
      }
    }
    session.step(groups, tokens: tokens)
    let vocabulary = weights.configuration.vocabulary
    for group in groups {
      let known = lines[group.item].known
      let chosen = (0..<group.count).map { offset in
        let row = UnsafeBufferPointer(
          start: session.logits.start + (group.row + offset) * vocabulary, count: vocabulary)
        return choice.token(row, item: group.item, position: known + offset)
      }
      lines[group.item].accept(chosen)
    }
  }
}

/// The tokens of one item: those that are known, and guesses after them.
struct TokenLine {
  private(set) var tokens: [Int32]
  private(set) var known = 0
  var length: Int { tokens.count }
  var isDone: Bool { known == tokens.count }

  init(length: Int) { tokens = [Int32](repeating: 1, count: length) }

  /// Takes what a step computed for the places from ``known`` on: right up to the first that followed a wrong guess.
  mutating func accept(_ chosen: [Int32]) {
    let first = known
    var isRight = true
    for (offset, token) in chosen.enumerated() {
      let guessed = tokens[first + offset]
      tokens[first + offset] = token
      guard isRight else { continue }
      known += 1
      isRight = guessed == token
    }
    let computed = first + chosen.count
    // Only a window of guesses is ever looked at, so that no more are made.
    for place in computed..<min(tokens.count, computed + chosen.count) {
      tokens[place] = guess(place)
    }
  }

  /// What followed last time after the same token; the same token where that is new.
  private func guess(_ place: Int) -> Int32 {
    let before = tokens[place - 1]
    for earlier in stride(from: place - 1, through: 1, by: -1)
    where tokens[earlier - 1] == before {
      return tokens[earlier]
    }
    return before
  }
}

/// Whether guessing still pays.
struct Pace {
  private(set) var window: Int
  private let isWatched: Bool

  init(isWatched: Bool, window: Int) {
    self.window = window
    self.isWatched = isWatched
  }

  mutating func record(_ known: Int, of items: Int, steps: Int) {
    guard isWatched, window > 1, steps == 16 else { return }
    if Double(known) < 1.25 * Double(steps * items) { window = 1 }
  }
}
