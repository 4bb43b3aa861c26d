import ForeignJSON
import FoundationEssentials

extension MaskGITConfiguration {
  /// The keys of `config.json`; those of the published models keep their names.
  private struct Keys: Codable {
    var kind: String?
    var format: Int?
    var codebook_size: Int
    var num_class: Int
    var tokens: Int
    var hidden: Int
    var heads: Int
    var layers: Int
    var mlp: Int
    var layer_norm_eps: Float?
    var mask_token: Int?
    var decode_steps: Int?
    var choice_temperature: Float?
    var block: Block?
    var head: Head?
    var levels: [Int]?
    var grid: [Int]?
    var class_names: [String]?
    var tokenizer: String?
    var weights: String?
  }

  /// What kind of model a `config.json` is about.
  package static let kind = "maskgit"

  /// Reads the text of a `config.json`.
  ///
  /// - Parameters:
  ///   - json: UTF-8; keys that are not known are left alone.
  ///   - kind: Of the model: "maskgit" or "ar".
  /// - Throws: ``MaskGITError`` when a key is missing, of another type, or doesn't fit the others.
  package init(json: [UInt8], kind: String = Self.kind) throws(MaskGITError) {
    let keys: Keys
    do {
      keys = try ForeignJSON.decode(Keys.self, from: json)
    } catch { throw .config("\(error)") }
    if let found = keys.kind, found != kind { throw .kind(found: found, expected: kind) }
    if let format = keys.format, format != 1 { throw .format(format) }
    try self.init(
      codebookSize: keys.codebook_size, classCount: keys.num_class, tokens: keys.tokens,
      hidden: keys.hidden, heads: keys.heads, layers: keys.layers, mlp: keys.mlp,
      block: keys.block ?? .bert, head: keys.head ?? .codes, levels: keys.levels ?? [],
      grid: keys.grid)
    if let epsilon = keys.layer_norm_eps { self.epsilon = epsilon }
    if let mask = keys.mask_token, mask >= 0, head == .codes, mask != maskRow {
      throw .maskToken(found: mask, codes: codebookSize, classes: classCount)
    }
    decodeSteps = max(1, keys.decode_steps ?? 12)
    choiceTemperature = keys.choice_temperature ?? 4.5
    classNames = keys.class_names ?? []
    tokenizer = keys.tokenizer
    try check()
  }

  /// The text of a `config.json`.
  ///
  /// - Parameters:
  ///   - kind: Of the model.
  ///   - weights: The type that the tensors are stored as.
  /// - Returns: UTF-8, with a line end.
  /// - Throws: Nothing that these types can cause.
  package func json(kind: String = Self.kind, weights: String = "f32") throws -> [UInt8] {
    let keys = Keys(
      kind: kind, format: 1, codebook_size: codebookSize, num_class: classCount, tokens: tokens,
      hidden: hidden, heads: heads, layers: layers, mlp: mlp, layer_norm_eps: epsilon,
      mask_token: maskRow, decode_steps: decodeSteps, choice_temperature: choiceTemperature,
      block: block, head: head, levels: head == .digits ? levels : nil, grid: grid,
      class_names: classNames.isEmpty ? nil : classNames, tokenizer: tokenizer, weights: weights)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(keys)) + [UInt8(ascii: "\n")]
  }
}
