/// The architecture of a base model, stage I; the keys of its `config.json`.
///
/// Source: Kolesnikov et al. 2022, "UViM: a unified modeling approach for vision with learned guiding codes",
/// section 3.1; the names are those of the authors' code.
package struct StageOneConfiguration: Hashable, Sendable, Codable {
  /// By name of what is labelled: values of a pixel, and pixels of a patch.
  package var inputs: [String: [Int]]
  /// Pixels across and down.
  package var inputSize: Int
  /// Pixels of a patch, across and down.
  package var patchSize: Int
  /// Codes of one picture, a square number.
  package var codeLength: Int
  package var width: Int
  package var encoderDepth: Int
  package var decoderDepth: Int
  package var mlpWidth: Int
  package var heads: Int
  /// Codes there are.
  package var dictionarySize: Int
  /// Values of a code.
  package var codewordWidth: Int
  /// True when the grid of tokens is resized to that of codes.
  package var resizesBottleneck: Bool
  /// True when the encoder sees the picture too.
  package var hasEncoderContext: Bool
  /// True when the decoder sees the picture.
  package var hasDecoderContext: Bool
  /// How bottlenecks become codes.
  package var quantizer: CodeQuantizerKind
  /// True when a learned vector stands in the decoder for codes that are left out or unknown.
  package var hasAbsentCode: Bool

  enum CodingKeys: String, CodingKey {
    case inputs, width, quantizer
    case inputSize = "input_size"
    case patchSize = "patch_size"
    case codeLength = "code_len"
    case encoderDepth = "enc_depth"
    case decoderDepth = "dec_depth"
    case mlpWidth = "mlp_dim"
    case heads = "num_heads"
    case dictionarySize = "dict_size"
    case codewordWidth = "codeword_dim"
    case resizesBottleneck = "bottleneck_resize"
    case hasEncoderContext = "encoder_ctx"
    case hasDecoderContext = "decoder_ctx"
    case hasAbsentCode = "absent_code"
  }

  /// Takes sizes.
  package init(
    inputs: [String: [Int]], inputSize: Int, patchSize: Int, codeLength: Int, width: Int,
    encoderDepth: Int, decoderDepth: Int, mlpWidth: Int, heads: Int, dictionarySize: Int,
    codewordWidth: Int, resizesBottleneck: Bool = true, hasEncoderContext: Bool = true,
    hasDecoderContext: Bool = true, quantizer: CodeQuantizerKind = .vector,
    hasAbsentCode: Bool = false
  ) throws(UViMError) {
    self.inputs = inputs
    self.inputSize = inputSize
    self.patchSize = patchSize
    self.codeLength = codeLength
    self.width = width
    self.encoderDepth = encoderDepth
    self.decoderDepth = decoderDepth
    self.mlpWidth = mlpWidth
    self.heads = heads
    self.dictionarySize = dictionarySize
    self.codewordWidth = codewordWidth
    self.resizesBottleneck = resizesBottleneck
    self.hasEncoderContext = hasEncoderContext
    self.hasDecoderContext = hasDecoderContext
    self.quantizer = quantizer
    self.hasAbsentCode = hasAbsentCode
    try check()
  }

  /// Reads the keys; `quantizer` and those that have one meaning in most models may be left out.
  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      inputs: keys.decode([String: [Int]].self, forKey: .inputs),
      inputSize: keys.decode(Int.self, forKey: .inputSize),
      patchSize: keys.decode(Int.self, forKey: .patchSize),
      codeLength: keys.decode(Int.self, forKey: .codeLength),
      width: keys.decode(Int.self, forKey: .width),
      encoderDepth: keys.decode(Int.self, forKey: .encoderDepth),
      decoderDepth: keys.decode(Int.self, forKey: .decoderDepth),
      mlpWidth: keys.decode(Int.self, forKey: .mlpWidth),
      heads: keys.decode(Int.self, forKey: .heads),
      dictionarySize: keys.decode(Int.self, forKey: .dictionarySize),
      codewordWidth: keys.decode(Int.self, forKey: .codewordWidth),
      resizesBottleneck: keys.decodeIfPresent(Bool.self, forKey: .resizesBottleneck) ?? true,
      hasEncoderContext: keys.decodeIfPresent(Bool.self, forKey: .hasEncoderContext) ?? true,
      hasDecoderContext: keys.decodeIfPresent(Bool.self, forKey: .hasDecoderContext) ?? true,
      quantizer: keys.decodeIfPresent(CodeQuantizerKind.self, forKey: .quantizer) ?? .vector,
      hasAbsentCode: keys.decodeIfPresent(Bool.self, forKey: .hasAbsentCode) ?? false)
  }

  /// Patches across and down.
  package var grid: Int { inputSize / patchSize }
  /// Tokens of a picture.
  package var tokens: Int { grid * grid }
  /// Codes across and down.
  package var codeGrid: Int { Int(Double(codeLength).squareRoot().rounded()) }
  /// Pixels of a patch.
  package var patchPixels: Int { patchSize * patchSize }
  /// What is labelled, in the order in which it is worked on.
  package var labelNames: [String] { inputs.keys.sorted() }

  /// Values of a pixel, such as bins or classes.
  package func values(of label: String) -> Int { inputs[label]?.first ?? 0 }

  /// Sizes that are multiplied with one another are far from overflowing.
  private func checkSizes() throws(UViMError) {
    let sizes = [
      ("input_size", inputSize, 1...65_536), ("patch_size", patchSize, 1...65_536),
      ("code_len", codeLength, 1...1 << 24), ("width", width, 1...1 << 20),
      ("enc_depth", encoderDepth, 0...4096), ("dec_depth", decoderDepth, 0...4096),
      ("mlp_dim", mlpWidth, 1...1 << 24), ("num_heads", heads, 1...65_536),
      ("dict_size", dictionarySize, 1...Int(Int32.max) - 1),
      ("codeword_dim", codewordWidth, 1...1 << 20),
    ]
    for (key, value, range) in sizes {
      try UViMError.require(
        range.contains(value), key, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
    }
    for (name, sizes) in inputs {
      try UViMError.require(
        sizes.allSatisfy { (1...1 << 32).contains($0) }, "inputs.\(name)", "\(sizes)",
        "numbers of 1 to 4294967296")
    }
  }

  private func check() throws(UViMError) {
    try checkSizes()
    try UViMError.require(
      inputSize >= 1 && patchSize >= 1 && inputSize.isMultiple(of: patchSize), "patch_size",
      "\(patchSize)", "a divisor of 'input_size', which is \(inputSize)")
    try UViMError.require(
      heads >= 1 && width >= 1 && width.isMultiple(of: heads), "num_heads", "\(heads)",
      "a divisor of 'width', which is \(width)")
    try UViMError.require(
      codeLength >= 1 && codeGrid * codeGrid == codeLength, "code_len", "\(codeLength)",
      "a square number")
    try UViMError.require(
      resizesBottleneck || codeLength == tokens, "code_len", "\(codeLength)",
      "\(tokens), the number of tokens, when 'bottleneck_resize' is false")
    try UViMError.require(
      encoderDepth >= 0 && decoderDepth >= 0 && mlpWidth >= 1, "mlp_dim", "\(mlpWidth)",
      "at least 1, and depths at least 0")
    try UViMError.require(!inputs.isEmpty, "inputs", "{}", "at least one kind of label")
    for name in labelNames {
      let sizes = inputs[name] ?? []
      try UViMError.require(
        sizes.count == 2 && sizes[0] >= 1 && sizes[1] == patchPixels, "inputs.\(name)", "\(sizes)",
        "[values of a pixel, \(patchPixels)]: a patch has \(patchPixels) pixels")
    }
    try quantizer.check(dictionarySize: dictionarySize, codewordWidth: codewordWidth)
  }
}
