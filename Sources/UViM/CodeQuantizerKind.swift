/// How the vectors of a bottleneck become codes.
package enum CodeQuantizerKind: Hashable, Sendable {
  /// The nearest of a dictionary of unit vectors, to a vector of mean 0 and variance 1.
  ///
  /// Source: Kolesnikov et al. 2022, section 3.1 and appendix; van den Oord et al. 2017.
  case vector
  /// A rounded value in each of a few channels; `isStandardized` says whether vectors get mean 0 and variance 1 first.
  ///
  /// Source: Mentzer et al. 2023, section 4.4.
  case finiteScalar(levels: [Int], isStandardized: Bool)
}

extension CodeQuantizerKind: Codable {
  private enum CodingKeys: String, CodingKey { case kind, levels, standardize }

  /// Reads `{"kind": "vq"}` or `{"kind": "fsq", "levels": […], "standardize": false}`.
  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    switch try keys.decode(String.self, forKey: .kind) {
    case "vq": self = .vector
    case "fsq":
      self = .finiteScalar(
        levels: try keys.decode([Int].self, forKey: .levels),
        isStandardized: try keys.decodeIfPresent(Bool.self, forKey: .standardize) ?? false)
    case let other:
      throw UViMError.setting(key: "quantizer.kind", found: "'\(other)'", expected: "'vq' or 'fsq'")
    }
  }

  /// Writes what is read.
  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .vector: try keys.encode("vq", forKey: .kind)
    case .finiteScalar(let levels, let isStandardized):
      try keys.encode("fsq", forKey: .kind)
      try keys.encode(levels, forKey: .levels)
      try keys.encode(isStandardized, forKey: .standardize)
    }
  }

  func check(dictionarySize: Int, codewordWidth: Int) throws(UViMError) {
    switch self {
    case .vector:
      try UViMError.require(
        dictionarySize >= 1, "dict_size", "\(dictionarySize)", "at least 1")
      try UViMError.require(
        codewordWidth >= 1, "codeword_dim", "\(codewordWidth)", "at least 1")
    case .finiteScalar(let levels, _):
      try UViMError.require(
        (1...16).contains(levels.count) && levels.allSatisfy { (2...256).contains($0) },
        "quantizer.levels", "\(levels)", "1 to 16 numbers of 2...256")
      let size = levels.reduce(1, *)
      try UViMError.require(
        dictionarySize == size, "dict_size", "\(dictionarySize)",
        "\(size), the product of 'quantizer.levels'")
      try UViMError.require(
        codewordWidth == levels.count, "codeword_dim", "\(codewordWidth)",
        "\(levels.count), one for each of 'quantizer.levels'")
    }
  }
}
