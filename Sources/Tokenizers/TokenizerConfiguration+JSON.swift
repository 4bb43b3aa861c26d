import FSQ

extension TokenizerConfiguration: Codable {
  private enum Key: String, CodingKey {
    case kind, format, filters, groups = "norm_groups", residualBlocks = "num_res_blocks"
    case multipliers = "channel_multipliers", imageSize = "image_size", quantizer, levels, variant
    case width = "embedding_dim", codes = "codebook_size", norm, shortcut
  }

  private enum Quantizer: String, Codable { case fsq, vq, none }

  /// The `kind` of a model of this configuration.
  package var kind: String {
    switch bottleneck {
    case .fsq: "fsq-tokenizer"
    case .vq: "vq-tokenizer"
    case .none: "autoencoder"
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let hasCodebook = values.contains(.codes)
    // What google-research/maskgit's own configurations say goes without naming the quantizer.
    let quantizer =
      try values.decodeIfPresent(Quantizer.self, forKey: .quantizer) ?? (hasCodebook ? .vq : .fsq)
    let bottleneck: Bottleneck =
      switch quantizer {
      case .fsq:
        .fsq(
          levels: try values.decode([Int].self, forKey: .levels),
          variant: try values.decodeIfPresent(String.self, forKey: .variant) ?? "google")
      case .vq:
        .vq(
          codes: try values.decode(Int.self, forKey: .codes),
          width: try values.decode(Int.self, forKey: .width))
      case .none: .none(width: try values.decode(Int.self, forKey: .width))
      }
    try self.init(
      filters: try values.decode(Int.self, forKey: .filters),
      residualBlocks: try values.decode(Int.self, forKey: .residualBlocks),
      multipliers: try values.decode([Int].self, forKey: .multipliers),
      groups: try values.decodeIfPresent(Int.self, forKey: .groups) ?? 32, bottleneck: bottleneck,
      imageSize: try values.decode(Int.self, forKey: .imageSize),
      norm: try values.decodeIfPresent(Norm.self, forKey: .norm) ?? .group,
      shortcut: try values.decodeIfPresent(Shortcut.self, forKey: .shortcut) ?? .output)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(kind, forKey: .kind)
    try values.encode(1, forKey: .format)
    try values.encode(filters, forKey: .filters)
    try values.encode(residualBlocks, forKey: .residualBlocks)
    try values.encode(multipliers, forKey: .multipliers)
    try values.encode(groups, forKey: .groups)
    try values.encode(imageSize, forKey: .imageSize)
    if norm != .group { try values.encode(norm, forKey: .norm) }
    if shortcut != .output { try values.encode(shortcut, forKey: .shortcut) }
    switch bottleneck {
    case .fsq(let levels, let variant):
      try values.encode(Quantizer.fsq, forKey: .quantizer)
      try values.encode(levels, forKey: .levels)
      try values.encode(variant, forKey: .variant)
    case .vq(let codes, let width):
      try values.encode(Quantizer.vq, forKey: .quantizer)
      try values.encode(codes, forKey: .codes)
      try values.encode(width, forKey: .width)
    case .none(let width):
      try values.encode(Quantizer.none, forKey: .quantizer)
      try values.encode(width, forKey: .width)
    }
  }
}
