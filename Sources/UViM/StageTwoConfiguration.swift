/// The architecture of a language model that predicts the guiding code, stage II; the keys of its `config.json`.
///
/// Source: Kolesnikov et al. 2022, section 3.2; the names are those of the authors' code.
package struct StageTwoConfiguration: Hashable, Sendable, Codable {
  /// Blocks of the encoder, and of the decoder where ``decoderLayers`` says nothing.
  package var layers: Int
  /// Blocks of the decoder.
  package var decoderLayers: Int
  package var heads: Int
  package var mlpWidth: Int
  package var width: Int
  package var patchSize: Int
  /// Pixels across and down.
  package var inputSize: Int
  /// Codes of one picture.
  package var codeLength: Int
  /// Codes there are, and one more: token 0 starts a sequence, token t + 1 is code t.
  package var vocabulary: Int

  enum CodingKeys: String, CodingKey {
    case layers, heads
    case decoderLayers = "dec_layers"
    case mlpWidth = "mlp"
    case width = "emb"
    case patchSize = "patch"
    case inputSize = "input_size"
    case codeLength = "seq_len"
    case vocabulary = "vocab"
  }

  /// Takes sizes.
  package init(
    layers: Int, decoderLayers: Int? = nil, heads: Int, mlpWidth: Int, width: Int, patchSize: Int,
    inputSize: Int, codeLength: Int, vocabulary: Int
  ) throws(UViMError) {
    self.layers = layers
    self.decoderLayers = decoderLayers ?? layers
    self.heads = heads
    self.mlpWidth = mlpWidth
    self.width = width
    self.patchSize = patchSize
    self.inputSize = inputSize
    self.codeLength = codeLength
    self.vocabulary = vocabulary
    try UViMError.require(
      inputSize >= 1 && patchSize >= 1 && inputSize.isMultiple(of: patchSize), "patch",
      "\(patchSize)", "a divisor of 'input_size', which is \(inputSize)")
    try UViMError.require(
      heads >= 1 && width >= 1 && width.isMultiple(of: heads), "heads", "\(heads)",
      "a divisor of 'emb', which is \(width)")
    try UViMError.require(
      layers >= 0 && self.decoderLayers >= 0 && mlpWidth >= 1, "mlp", "\(mlpWidth)",
      "at least 1, and layers at least 0")
    try UViMError.require(codeLength >= 1, "seq_len", "\(codeLength)", "at least 1")
    try UViMError.require(
      vocabulary >= 2, "vocab", "\(vocabulary)", "at least 2: a start token and a code")
  }

  /// Reads the keys; `dec_layers` may be left out.
  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      layers: keys.decode(Int.self, forKey: .layers),
      decoderLayers: keys.decodeIfPresent(Int.self, forKey: .decoderLayers),
      heads: keys.decode(Int.self, forKey: .heads),
      mlpWidth: keys.decode(Int.self, forKey: .mlpWidth),
      width: keys.decode(Int.self, forKey: .width),
      patchSize: keys.decode(Int.self, forKey: .patchSize),
      inputSize: keys.decode(Int.self, forKey: .inputSize),
      codeLength: keys.decode(Int.self, forKey: .codeLength),
      vocabulary: keys.decode(Int.self, forKey: .vocabulary))
  }

  /// Patches of a picture.
  package var tokens: Int { (inputSize / patchSize) * (inputSize / patchSize) }
  /// Values of one head.
  package var headWidth: Int { width / heads }
}
