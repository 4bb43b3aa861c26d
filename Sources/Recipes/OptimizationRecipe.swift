package import Autograd
package import StageSDK
package import Training

/// How weights are changed in training, as the parameters of a stage say it: the same words in every trainer.
///
/// What trainers have defaults of their own for, such as the highest rate, they pass in.
package struct OptimizationRecipe: Decodable, Hashable, Sendable {
  /// `adamw` or `adafactor`.
  package let optimizer: String
  /// How the rate falls after warm-up.
  package let schedule: String
  /// The share of the highest rate that is left at the end, 0...1.
  package let floor: Double
  /// `NAME=FACTOR`: what the rate of a part of the network is multiplied by.
  package let factors: [String]

  private enum CodingKeys: String, CodingKey {
    case optimizer, schedule
    case floor = "rate_floor"
    case factors = "rate_factors"
  }

  /// What a stage declares.
  package static let specs: [ParameterSpec] = [
    .choice(
      "optimizer", ["adamw", "adafactor"], default: "adamw",
      "How gradients become steps: Adam with decoupled weight decay, or Adafactor as big_vision has it, which keeps one second moment for each row and column and so a third of the memory."
    ),
    .choice(
      "schedule", LearningRate.Decay.allCases.map(\.rawValue), default: "cosine",
      "How the rate falls after warm-up."),
    .number(
      "rate_floor", default: 0, range: 0...1,
      "The share of the highest rate that is left at the end."),
    .strings(
      "rate_factors", default: [], count: 0...256,
      "NAME=FACTOR for parts of the network whose rate is another: decoder=0.1; 0 leaves a part as it is."
    ),
  ]

  /// The schedule of a run.
  ///
  /// - Parameters:
  ///   - peak: The highest rate.
  ///   - warmup: Steps over which it grows; fewer than all.
  ///   - total: Steps in all.
  /// - Returns: The schedule.
  package func rate(peak: Double, warmup: Int, total: Int) -> LearningRate {
    LearningRate(
      peak: peak, warmup: max(0, min(warmup, total - 1)), total: total,
      decay: LearningRate.Decay(rawValue: schedule) ?? .cosine, floor: floor)
  }

  /// A fresh optimizer.
  ///
  /// - Parameters:
  ///   - peak: The highest rate.
  ///   - b2: Of Adam's second moments; Adafactor has a schedule of its own for them.
  ///   - decay: Of weights, times the rate.
  ///   - clip: The greatest norm of gradients; 0 for any.
  /// - Returns: The optimizer.
  package func makeOptimizer(
    peak: Double, b2: Float, decay: Double, clip: Double
  ) -> any Optimizer {
    let clip = clip > 0 ? clip : nil
    guard optimizer == "adafactor" else {
      return AdamW(AdamW.Settings(b1: 0.9, b2: b2, decay: Float(decay), clip: clip))
    }
    return Adafactor(
      Adafactor.Settings(weightDecay: Float(decay * peak), peakRate: peak, clip: clip))
  }

  /// Gives the parts of a network their rates.
  ///
  /// - Parameters:
  ///   - parameters: Of the network.
  ///   - prefix: What its parts' names begin with where a stage trains several networks, such as `stage1/`; names that begin
  ///     otherwise are another network's.
  /// - Throws: ``StageError`` about a name that is no part of it, or a factor that is no number.
  package func applyFactors(
    to parameters: [Parameter], prefix: String = ""
  ) throws(StageError) {
    for text in factors {
      let factor = try RateFactor(text)
      guard "\(factor.name)/".hasPrefix(prefix) else { continue }
      let own = parameters.filter { factor.isOf(prefix + $0.name) }
      guard !own.isEmpty else {
        let parts = Set(
          parameters.compactMap { $0.name.split(separator: "/").first.map { prefix + $0 } })
        throw StageError(
          .config,
          "'rate_factors' names '\(factor.name)', but the network has no such part; it has \(parts.sorted().joined(separator: ", "))",
          parameter: "rate_factors")
      }
      for parameter in own { parameter.rateFactor = factor.value }
    }
    guard parameters.contains(where: { $0.rateFactor > 0 }) else {
      throw StageError(
        .config, "'rate_factors' is 0 for all parts: nothing is left to learn",
        parameter: "rate_factors")
    }
  }

  /// Checks what can be without a network.
  ///
  /// - Parameter networks: Names of the networks that a stage trains, one of which each factor begins with; none where
  ///   there is but one.
  /// - Throws: ``StageError`` about a factor that can't be read.
  package func check(networks: [String] = []) throws(StageError) {
    for text in factors {
      let factor = try RateFactor(text)
      guard networks.isEmpty || networks.contains(where: { "\(factor.name)/".hasPrefix("\($0)/") })
      else {
        let choices = networks.map { "'\($0)/'" }.joined(separator: " or ")
        throw StageError(
          .config,
          "'rate_factors' has '\(text)'; the names of parts begin with \(choices) here, for the network they are of",
          parameter: "rate_factors")
      }
    }
  }
}

/// A part of a network and what its rate is multiplied by.
struct RateFactor: Hashable {
  let name: String
  let value: Float

  init(_ text: String) throws(StageError) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let value = Float(parts[1]),
      (0...1000).contains(value)
    else {
      throw StageError(
        .config,
        "'rate_factors' has '\(text)'; it wants NAME=FACTOR with a factor of 0 to 1000, such as decoder=0.1",
        parameter: "rate_factors")
    }
    name = String(parts[0])
    self.value = value
  }

  /// A part's own parameters and those within it.
  func isOf(_ parameter: String) -> Bool {
    parameter == name || parameter.hasPrefix("\(name)/")
  }
}
