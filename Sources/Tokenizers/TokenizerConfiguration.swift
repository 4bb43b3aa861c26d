import FSQ

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

  /// What activations are brought to before each convolution.
  package enum Norm: String, Hashable, Sendable, Codable, CaseIterable {
    /// Mean 0 and variance 1 over groups of channels and the whole map, as in the authors' code: results depend on how
    /// large a tile is worked on at once.
    case group
    /// A root mean square of 1 over the channels of each pixel: results don't depend on tiles.
    case pixel
    /// Left as they are; residual blocks begin as the identity.
    case none
  }

  /// What goes past a residual block that changes the number of channels.
  package enum Shortcut: String, Hashable, Sendable, Codable, CaseIterable {
    /// A projection of what comes out of it, as in the authors' code: nothing goes past.
    case output
    /// A projection of what goes in.
    case input
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
  /// What activations are brought to.
  package var norm: Norm
  /// What goes past blocks that change the number of channels.
  package var shortcut: Shortcut

  /// Names a shape.
  ///
  /// - Throws: ``TokenizerError/configuration(_:)`` when it can't be.
  package init(
    filters: Int, residualBlocks: Int, multipliers: [Int], groups: Int = 32,
    bottleneck: Bottleneck, imageSize: Int, norm: Norm = .group, shortcut: Shortcut = .output
  ) throws(TokenizerError) {
    self.filters = filters
    self.residualBlocks = residualBlocks
    self.multipliers = multipliers
    self.groups = groups
    self.bottleneck = bottleneck
    self.imageSize = imageSize
    self.norm = norm
    self.shortcut = shortcut
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
    // Checked when the configuration was made.
    case .fsq(let levels, _): try? FiniteScalarQuantizer.codebookSize(levels: levels)
    case .vq(let codes, _): codes
    case .none: nil
    }
  }

  private var fault: String? {
    // Far from where their products would overflow.
    let most = 1 << 20
    if max(filters, groups, residualBlocks, imageSize) > most
      || multipliers.contains(where: { $0 > most })
    {
      return "no size may be above \(most)"
    }
    if filters < 1 || groups < 1 { return "'filters' and 'norm_groups' must be at least 1" }
    if residualBlocks < 1 { return "'num_res_blocks' must be at least 1" }
    if multipliers.isEmpty || multipliers.count > 7 || multipliers.contains(where: { $0 < 1 }) {
      return "'channel_multipliers' must be 1 to 7 numbers of at least 1, one for each level"
    }
    for multiplier in norm == .group ? multipliers : []
    where !(filters * multiplier).isMultiple(of: groups) {
      return
        "\(filters * multiplier) channels can't be split into \(groups) groups; 'filters' times each of 'channel_multipliers' must be a multiple of 'norm_groups'"
    }
    if imageSize < 1 || !imageSize.isMultiple(of: stride) {
      return "'image_size' \(imageSize) is no multiple of the stride \(stride)"
    }
    switch bottleneck {
    case .fsq(let levels, _):
      do throws(FSQLevelsError) {
        _ = try FiniteScalarQuantizer.codebookSize(levels: levels)
        return nil
      } catch { return error.description }
    case .vq(let codes, let width):
      return (2...1 << 24).contains(codes) && (1...most).contains(width)
        ? nil
        : "'codebook_size' must be 2 to \(1 << 24) and 'embedding_dim' 1 to \(most)"
    case .none(let width):
      return (1...most).contains(width) ? nil : "'embedding_dim' must be 1 to \(most)"
    }
  }
}
