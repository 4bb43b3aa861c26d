/// What a masked token model is made of; `config.json` holds it under the keys below.
///
/// Source: Chang et al. 2022, "MaskGIT" (https://arxiv.org/abs/2202.04200), section 3.
package struct MaskGITConfiguration: Hashable, Sendable {
  /// What a layer of the transformer is.
  package enum Block: String, Codable, Hashable, Sendable, CaseIterable {
    /// As in the published models: layer normalisation after each part, learned positions, GELU.
    case bert
    /// RMS normalisation before each part, rotary positions in two dimensions, SwiGLU, normalised queries and keys, and
    /// the class by adaptive normalisation.
    case modern
  }

  /// What a place's logits are about.
  package enum Head: String, Codable, Hashable, Sendable, CaseIterable {
    /// One logit for each code.
    case codes
    /// One for each level of each channel of a finite scalar quantizer: sums instead of products of levels.
    case digits
  }

  /// Codes of the tokenizer.
  package var codebookSize: Int
  /// Classes that can be asked for.
  package var classCount: Int
  /// Places of an image: rows times columns of the grid.
  package var tokens: Int
  /// Width of a token.
  package var hidden: Int
  /// Heads of attention, which share the width.
  package var heads: Int
  /// Layers.
  package var layers: Int
  /// Width between the two products of a layer's second part.
  package var mlp: Int
  /// Added to variances.
  package var epsilon: Float = 1e-12
  /// What a layer is.
  package var block = Block.bert
  /// What logits are about.
  package var head = Head.codes
  /// Of the tokenizer's quantizer, channel 0 the fastest digit; empty when `head` is codes.
  package var levels: [Int] = []
  /// Rows and columns; their product is ``tokens``.
  package var grid: [Int]
  /// Steps of decoding that the model was made for.
  package var decodeSteps = 12
  /// Of confidence at the first step.
  package var choiceTemperature: Float = 4.5
  /// Names of the classes in order; empty for numbers alone.
  package var classNames: [String] = []
  /// The tokenizer whose codes these are, NAME or NAME@VERSION; nil when nobody said.
  package var tokenizer: String?

  /// Takes sizes; the grid is square when none is given.
  ///
  /// - Throws: ``MaskGITError`` when they don't fit one another.
  package init(
    codebookSize: Int, classCount: Int, tokens: Int, hidden: Int, heads: Int, layers: Int, mlp: Int,
    block: Block = .bert, head: Head = .codes, levels: [Int] = [], grid: [Int]? = nil
  ) throws(MaskGITError) {
    self.codebookSize = codebookSize
    self.classCount = classCount
    self.tokens = tokens
    self.hidden = hidden
    self.heads = heads
    self.layers = layers
    self.mlp = mlp
    self.block = block
    self.head = head
    self.levels = levels
    self.grid = grid ?? Self.square(tokens)
    if block == .modern { epsilon = 1e-6 }
    try check()
  }

  /// Rows of the embedding that stand for codes, or for their digits.
  package var codeRows: Int { head == .digits ? levels.reduce(0, +) : codebookSize }
  /// How many values each digit of a code has, the first digit the fastest; one digit of all codes for heads of codes.
  package var digits: [Int] { head == .digits ? levels : [codebookSize] }
  /// The row of a class; the null class of guidance is the mask.
  package func row(ofClass label: Int) -> Int { label < 0 ? maskRow : codeRows + label }
  /// The last row, that of a place to be filled.
  package var maskRow: Int { codeRows + classCount }
  /// Rows of the embedding: codes, classes, mask.
  package var vocabulary: Int { codeRows + classCount + 1 }
  /// Places of the transformer: the class, then the tokens.
  package var length: Int { tokens + 1 }

  private static func square(_ tokens: Int) -> [Int] {
    let side = Int(Double(max(0, tokens)).squareRoot().rounded())
    return side * side == tokens ? [side, side] : [1, tokens]
  }

  /// - Throws: ``MaskGITError`` about the first thing that doesn't fit.
  package func check() throws(MaskGITError) {
    let sizes = [
      ("codebook_size", codebookSize, 1 << 24), ("tokens", tokens, 1 << 20),
      ("hidden", hidden, 1 << 16), ("heads", heads, 1 << 12), ("layers", layers, 1 << 12),
      ("mlp", mlp, 1 << 18),
    ]
    for (key, value, most) in sizes where value < 1 || value > most {
      throw .size(key: key, value: value, most: most)
    }
    guard (0...1 << 20).contains(classCount) else {
      throw .size(key: "num_class", value: classCount, most: 1 << 20)
    }
    guard hidden.isMultiple(of: heads) else { throw .heads(hidden: hidden, heads: heads) }
    guard block == .bert || (hidden / heads).isMultiple(of: 4) else {
      throw .headWidth(hidden / heads)
    }
    guard grid.count == 2, grid.allSatisfy({ $0 > 0 && $0 <= 1 << 20 }), grid[0] * grid[1] == tokens
    else { throw .grid(grid, tokens: tokens) }
    guard classNames.isEmpty || classNames.count == classCount else {
      throw .classNames(classNames.count, classes: classCount)
    }
    guard head == .digits else { return }
    guard Self.codes(ofLevels: levels) == codebookSize else {
      throw .levels(levels, codes: codebookSize)
    }
  }

  /// The product of levels; nil when there are none, one can't be, or there are more codes than any model has.
  private static func codes(ofLevels levels: [Int]) -> Int? {
    guard !levels.isEmpty else { return nil }
    var codes = 1
    for level in levels {
      guard (2...1 << 16).contains(level) else { return nil }
      codes *= level
      guard codes <= 1 << 24 else { return nil }
    }
    return codes
  }
}
