/// The shape of a convolutional tokenizer: what `config.json` says of it.
///
/// The autoencoder is that of google-research/maskgit (Chang et al. 2022, "MaskGIT", section 4.1); its keys keep that
/// code's names.
package struct TokenizerConfiguration: Hashable, Sendable {
  /// What stands between encoder and decoder.
  package enum Bottleneck: Hashable, Sendable {
    /// Rounding, one scalar at a time (Mentzer et al. 2023).
    case fsq(levels: [Int], variant: String)
    /// The nearest of learned vectors (van den Oord et al. 2017).
    case vq(codes: Int, width: Int)
    /// Nothing: a plain autoencoder.
    case none(width: Int)
  }

  /// Channels of the first level.
  package var filters: Int
  /// Residual blocks of a level.
  package var residualBlocks: Int
  /// Channels of each level, times ``filters``; each level after the first halves the sides.
  package var multipliers: [Int]
  /// Groups of the normalisations.
  package var groups: Int
  /// What stands between encoder and decoder.
  package var bottleneck: Bottleneck
  /// Pixels across and down of the pictures it was trained on.
  package var imageSize: Int

  /// Names a shape.
  ///
  /// - Throws: ``TokenizerError/configuration(_:)`` when it can't be.
  package init(
    filters: Int, residualBlocks: Int, multipliers: [Int], groups: Int = 32,
    bottleneck: Bottleneck, imageSize: Int
  ) throws(TokenizerError) {
    self.filters = filters
    self.residualBlocks = residualBlocks
    self.multipliers = multipliers
    self.groups = groups
    self.bottleneck = bottleneck
    self.imageSize = imageSize
    if let fault { throw .configuration(fault) }
  }

  /// Pixels that a token stands for, across and down.
  package var stride: Int { 1 << (multipliers.count - 1) }

  /// Numbers to a token between encoder and decoder.
  package var latentWidth: Int {
    switch bottleneck {
    case .fsq(let levels, _): levels.count
    case .vq(_, let width), .none(let width): width
    }
  }

  /// Different tokens; nil without a quantizer.
  package var codebookSize: Int? {
    switch bottleneck {
    case .fsq(let levels, _): levels.reduce(1, *)
    case .vq(let codes, _): codes
    case .none: nil
    }
  }

  private var fault: String? {
    if filters < 1 || groups < 1 { return "'filters' and 'norm_groups' must be at least 1" }
    if residualBlocks < 1 { return "'num_res_blocks' must be at least 1" }
    if multipliers.isEmpty || multipliers.count > 7 || multipliers.contains(where: { $0 < 1 }) {
      return "'channel_multipliers' must be 1 to 7 numbers of at least 1, one for each level"
    }
    for multiplier in multipliers where !(filters * multiplier).isMultiple(of: groups) {
      return
        "\(filters * multiplier) channels can't be split into \(groups) groups; 'filters' times each of 'channel_multipliers' must be a multiple of 'norm_groups'"
    }
    if imageSize < 1 || !imageSize.isMultiple(of: stride) {
      return "'image_size' \(imageSize) is no multiple of the stride \(stride)"
    }
    switch bottleneck {
    case .fsq: return nil
    case .vq(let codes, let width):
      return codes >= 2 && width >= 1
        ? nil : "'codebook_size' must be at least 2 and 'embedding_dim' at least 1"
    case .none(let width): return width >= 1 ? nil : "'embedding_dim' must be at least 1"
    }
  }
}
