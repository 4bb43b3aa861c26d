/// The sizes of the authors' networks, told by the names and shapes of a checkpoint's tensors.
package struct CheckpointShapes: Sendable {
  /// By canonical name.
  private let shapes: [String: [Int]]
  /// The name in the file, by canonical name.
  private let files: [String: String]

  /// Looks at a checkpoint.
  ///
  /// - Parameter entries: Names and shapes as they are in the file.
  package init(_ entries: [(name: String, shape: [Int])]) {
    var (shapes, files): ([String: [Int]], [String: String]) = ([:], [:])
    for entry in entries {
      guard let name = Self.canonical(entry.name) else { continue }
      // Weights themselves win over an optimizer's copy of them.
      if files[name] != nil && !entry.name.hasPrefix("params/") { continue }
      shapes[name] = entry.shape
      files[name] = entry.name
    }
    self.shapes = shapes
    self.files = files
  }

  /// The name in the file of a parameter; its own where the file has none.
  package func file(_ name: String) -> String { files[name] ?? "params/\(name)" }

  /// Our name for a tensor; nil for what is none of a network's, such as an optimizer's moments.
  ///
  /// Parameters may stand below `params/`, below `opt/target/` or bare; transformers may be called as they were in older
  /// versions of the authors' code, as may the parts of their blocks.
  package static func canonical(_ name: String) -> String? {
    var parts = name.split(separator: "/").map(String.init)
    if parts.starts(with: ["opt", "target"]) {
      parts.removeFirst(2)
    } else if ["params"].contains(parts.first) {
      parts.removeFirst()
    } else if ["opt", "extra", "chrono"].contains(parts.first) {
      return nil
    }
    let old = ["Encoder": "encoder", "Decoder": "decoder", "Transformer": "encoder"]
    if let first = parts.first, let new = old[first] { parts[0] = new }
    let isBlock = parts.contains { $0.hasPrefix("encoderblock_") }
    let oldParts = [
      "MultiHeadDotProductAttention_1": "MultiHeadDotProductAttention_0",
      "LayerNorm_2": "LayerNorm_1", "MlpBlock_3": "MlpBlock_0",
    ]
    if isBlock { parts = parts.map { oldParts[$0] ?? $0 } }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }

  private func shape(_ name: String, rank: Int) throws(UViMError) -> [Int] {
    guard let shape = shapes[name], shape.count == rank else {
      throw .setting(
        key: name, found: shapes[name].map { "\($0)" } ?? "missing",
        expected: "a tensor of \(rank) dimensions in the checkpoint")
    }
    return shape
  }

  private func blocks(_ prefix: String) -> Int {
    var count = 0
    while shapes.keys.contains(where: { $0.hasPrefix("\(prefix)\(count)/") }) { count += 1 }
    return count
  }

  /// The base model's sizes.
  ///
  /// - Parameter codeLength: Codes of a picture, which no tensor tells.
  /// - Returns: The configuration.
  /// - Throws: ``UViMError`` that names a tensor that is missing or of another rank.
  package func stageOne(codeLength: Int) throws(UViMError) -> StageOneConfiguration {
    let positions = try shape("pos_embedding_encoder", rank: 3)
    var inputs: [String: [Int]] = [:]
    for name in shapes.keys.sorted() where name.hasPrefix("embedding_") && name.hasSuffix("/kernel")
    {
      let label = String(name.dropFirst("embedding_".count).dropLast("/kernel".count))
      inputs[label] = Array(try shape(name, rank: 3).prefix(2))
    }
    let patch = Int(Double(inputs.values.first?[1] ?? 0).squareRoot().rounded())
    let grid = Int(Double(positions[1]).squareRoot().rounded())
    let block = blocks("encoder/encoderblock_") > 0 ? "encoder" : "decoder"
    let query = try shape(
      "\(block)/encoderblock_0/MultiHeadDotProductAttention_0/query/kernel", rank: 3)
    let mlp = try shape("\(block)/encoderblock_0/MlpBlock_0/Dense_0/kernel", rank: 2)
    let dictionary = try shape("state/dictionary", rank: 2)
    return try StageOneConfiguration(
      inputs: inputs, inputSize: grid * patch, patchSize: patch, codeLength: codeLength,
      width: positions[2], encoderDepth: blocks("encoder/encoderblock_"),
      decoderDepth: blocks("decoder/encoderblock_"), mlpWidth: mlp[1], heads: query[1],
      dictionarySize: dictionary[0], codewordWidth: dictionary[1],
      resizesBottleneck: codeLength != positions[1],
      hasEncoderContext: shapes["ctx_enc_embedding/kernel"] != nil,
      hasDecoderContext: shapes["ctx_dec_embedding/kernel"] != nil)
  }

  /// The language model's sizes.
  ///
  /// - Throws: ``UViMError`` that names a tensor that is missing or of another rank.
  package func stageTwo() throws(UViMError) -> StageTwoConfiguration {
    let patches = try shape("EmbedPatches/kernel", rank: 4)
    let positions = try shape("pos_embedding_encoder", rank: 3)
    let targets = try shape("pos_embedding_decoder", rank: 3)
    let embedding = try shape("decoder/EmbedTargets/embedding", rank: 2)
    let query = try shape("decoder/EncDecBlock0/SelfAttn/query/kernel", rank: 3)
    let mlp = try shape("decoder/EncDecBlock0/MLP/Dense_0/kernel", rank: 2)
    let grid = Int(Double(positions[1]).squareRoot().rounded())
    return try StageTwoConfiguration(
      layers: blocks("encoder/encoderblock_"), decoderLayers: blocks("decoder/EncDecBlock"),
      heads: query[1], mlpWidth: mlp[1], width: positions[2], patchSize: patches[0],
      inputSize: grid * patches[0], codeLength: targets[1], vocabulary: embedding[0])
  }
}
