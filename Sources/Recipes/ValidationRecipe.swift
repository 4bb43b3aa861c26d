package import StageSDK
package import Training

/// How often a run is measured on what it doesn't learn from, and what follows, as the parameters of a stage say it.
package struct ValidationRecipe: Decodable, Hashable, Sendable {
  /// Steps between measurements; 0 for a twentieth of the run.
  package let every: Int
  /// Measurements without a better one after which a run ends early; 0 for never.
  package let patience: Int
  /// Whether the state that measured best is what is published, in place of the last.
  package let keepsBest: Bool

  private enum CodingKeys: String, CodingKey {
    case every = "validate_every"
    case patience
    case keepsBest = "keep_best"
  }

  /// Reads the parameters; stages that don't declare them measure as a run goes on, and that is all.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    every = try values.decodeIfPresent(Int.self, forKey: .every) ?? 0
    patience = try values.decodeIfPresent(Int.self, forKey: .patience) ?? 0
    keepsBest = try values.decodeIfPresent(Bool.self, forKey: .keepsBest) ?? false
  }

  /// What a stage declares.
  package static let specs: [ParameterSpec] = [
    .integer(
      "validate_every", default: 0, range: 0...100_000_000,
      "Steps between measurements on the validation set; 0 for a twentieth of the run."),
    .integer(
      "patience", default: 0, range: 0...1_000_000,
      "Measurements in a row that are no better than the best one, after which training ends early; 0 for never."
    ),
    .boolean(
      "keep_best", default: false,
      "Publish the weights that measured best in place of the last ones."),
  ]

  /// Whether a run needs to be measured for anything but to be looked at.
  package var decides: Bool { keepsBest || patience > 0 }

  /// How a loop goes about it.
  ///
  /// - Parameters:
  ///   - steps: Of the run.
  ///   - measure: Gives the loss on the validation set, less is better, and whatever else is worth reporting.
  /// - Returns: The plan.
  package func plan(
    steps: Int, measure: @escaping () throws -> ValidationPlan.Result
  ) -> ValidationPlan {
    ValidationPlan(
      every: every > 0 ? every : max(1, steps / 20), patience: patience > 0 ? patience : nil,
      keepsBest: keepsBest, measure: measure)
  }
}
