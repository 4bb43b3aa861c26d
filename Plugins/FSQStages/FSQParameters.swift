import FSQ
import StageSDK

/// The parameters that say which grid of codes is meant.
enum FSQParameters {
  static let specs: [ParameterSpec] = [
    .integers(
      "levels", default: nil, each: 2...65_536, count: 1...16,
      "Integers per channel; their product is the size of the codebook."),
    .choice(
      "variant", FiniteScalarQuantizer.Variant.allCases.map(\.rawValue), default: "google",
      "How latents are bounded: as in the paper's own code, or with atanh as PyTorch ports do."),
  ]

  /// The quantizer, or a sentence about the parameter at fault.
  static func quantizer(_ levels: [Int], _ variant: String) throws -> FiniteScalarQuantizer {
    do {
      return try FiniteScalarQuantizer(
        levels: levels, variant: FiniteScalarQuantizer.Variant(rawValue: variant) ?? .google)
    } catch {
      throw StageError(.config, "\(error)", parameter: "levels")
    }
  }
}
