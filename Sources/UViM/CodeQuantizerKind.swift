package import FSQ

/// How the vectors of a bottleneck become codes.
package enum CodeQuantizerKind: Hashable, Sendable {
  /// The nearest of a dictionary of unit vectors, to a vector of mean 0 and variance 1.
  ///
  /// Source: Kolesnikov et al. 2022, section 3.1 and appendix; van den Oord et al. 2017.
  case vector
  /// A rounded value in each of a few channels; `isStandardized` says whether vectors get mean 0 and variance 1 first,
  /// `variant` how values are bounded.
  ///
  /// Source: Mentzer et al. 2023, section 4.4.
  case finiteScalar(
    levels: [Int], isStandardized: Bool, variant: FiniteScalarQuantizer.Variant = .google)
}

extension CodeQuantizerKind: Codable {
  private enum CodingKeys: String, CodingKey { case kind, levels, standardize, variant }

  /// Reads `{"kind": "vq"}` or `{"kind": "fsq", "levels": […], "standardize": false, "variant": "google"}`.
  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    switch try keys.decode(String.self, forKey: .kind) {
    case "vq": self = .vector
    case "fsq":
      self = .finiteScalar(
        levels: try keys.decode([Int].self, forKey: .levels),
        isStandardized: try keys.decodeIfPresent(Bool.self, forKey: .standardize) ?? false,
        variant: try Self.variant(
          try keys.decodeIfPresent(String.self, forKey: .variant) ?? "google"))
    case let other:
      throw UViMError.setting(key: "quantizer.kind", found: "'\(other)'", expected: "'vq' or 'fsq'")
    }
  }

  /// Writes what is read.
  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .vector: try keys.encode("vq", forKey: .kind)
    case .finiteScalar(let levels, let isStandardized, let variant):
      try keys.encode("fsq", forKey: .kind)
      if variant != .google { try keys.encode(variant.rawValue, forKey: .variant) }
      try keys.encode(levels, forKey: .levels)
      try keys.encode(isStandardized, forKey: .standardize)
    }
  }

  /// How many codes levels make.
  ///
  /// - Parameter levels: 1 to 16 numbers of at least 2.
  /// - Returns: Their product.
  /// - Throws: ``UViMError`` when an index can't tell so many apart.
  package static func size(levels: [Int]) throws(UViMError) -> Int {
    do throws(FSQLevelsError) {
      return try FiniteScalarQuantizer.codebookSize(levels: levels)
    } catch {
      throw .setting(
        key: "quantizer.levels", found: "\(levels)",
        expected: "1 to 16 numbers of at least 2 whose product is at most 2147483647")
    }
  }

  private static func variant(
    _ name: String
  ) throws(UViMError) -> FiniteScalarQuantizer.Variant {
    guard let variant = FiniteScalarQuantizer.Variant(rawValue: name) else {
      let known = FiniteScalarQuantizer.Variant.allCases.map(\.rawValue)
      throw .setting(
        key: "quantizer.variant", found: "'\(name)'",
        expected: "one of \(known.joined(separator: ", "))")
    }
    return variant
  }

  func check(dictionarySize: Int, codewordWidth: Int) throws(UViMError) {
    switch self {
    case .vector:
      try UViMError.require(
        dictionarySize >= 1, "dict_size", "\(dictionarySize)", "at least 1")
      try UViMError.require(
        codewordWidth >= 1, "codeword_dim", "\(codewordWidth)", "at least 1")
    case .finiteScalar(let levels, _, _):
      try UViMError.require(
        (1...16).contains(levels.count) && levels.allSatisfy { (2...256).contains($0) },
        "quantizer.levels", "\(levels)", "1 to 16 numbers of 2...256")
      let size = try Self.size(levels: levels)
      try UViMError.require(
        dictionarySize == size, "dict_size", "\(dictionarySize)",
        "\(size), the product of 'quantizer.levels'")
      try UViMError.require(
        codewordWidth == levels.count, "codeword_dim", "\(codewordWidth)",
        "\(levels.count), one for each of 'quantizer.levels'")
    }
  }
}
