import Autograd
import FeatureNetworks
import ModelFiles
import StageSDK
import Tokenizers
import Training

/// The parameters of losses that need a network of their own.
struct LossParameters: Decodable {
  let perceptual: Double
  let features: String?
  let adversarial: Double
  let adversarialLoss: String
  let penalty: Double
  let start: Int
  let filters: Int
  let layers: Int
  let rate: Double

  enum CodingKeys: String, CodingKey {
    case perceptual, features, adversarial, adversarialLoss = "adversarial_loss", penalty = "r1"
    case start = "adversarial_start", filters = "discriminator_filters"
    case layers = "discriminator_layers", rate = "discriminator_rate"
  }

  static let specs: [ParameterSpec] = [
    .number(
      "perceptual", default: 0, range: 0...1e6,
      "Weight of how unlike reconstructions are to EfficientNet-Lite0; 0 for none."),
    .optionalPath(
      "features", "The folder of the model efficientnet-lite0, for 'perceptual'."),
    .number(
      "adversarial", default: 0, range: 0...1e6,
      "Weight of deceiving a patch discriminator; 0 for none."),
    .choice(
      "adversarial_loss", AdversarialLoss.allCases.map(\.rawValue),
      default: AdversarialLoss.nonSaturating.rawValue, "What either side is asked for."),
    .number(
      "r1", default: 10, range: 0...1e6,
      "Weight of the penalty on the discriminator's gradient at real pictures; 0 for none."),
    .integer(
      "adversarial_start", default: 0, range: 0...100_000_000,
      "The step from which the discriminator takes part."),
    .integer(
      "discriminator_filters", default: 32, range: 8...1024,
      "Channels of the discriminator's first layer, a multiple of 8."),
    .integer(
      "discriminator_layers", default: 2, range: 1...6,
      "The discriminator's convolutions of stride 2."),
    .number(
      "discriminator_rate", default: 1e-4, range: 1e-9...1, "The discriminator's learning rate."),
  ]

  /// Finds what can't be, before anything runs.
  func check(size: Int) throws {
    if perceptual > 0, features == nil {
      throw StageError(
        .config,
        "'perceptual' needs a network: give 'features: ../models/efficientnet-lite0/1', the folder of that model",
        parameter: "features")
    }
    guard adversarial > 0 else { return }
    if !filters.isMultiple(of: 8) {
      throw StageError(
        .config, "'discriminator_filters' is \(filters); it must be a multiple of 8",
        parameter: "discriminator_filters")
    }
    let least = PatchDiscriminator.leastSide(layers: layers)
    if size < least {
      throw StageError(
        .config,
        "a discriminator of \(layers) layers looks at squares of \(least) pixels and more; 'size' is \(size)",
        parameter: "discriminator_layers")
    }
  }

  /// The discriminator; nil where none is asked for.
  func adversary(seed: UInt64, steps: Int) -> Adversary? {
    guard adversarial > 0 else { return nil }
    return Adversary(
      Adversary.Settings(
        loss: AdversarialLoss(rawValue: adversarialLoss) ?? .nonSaturating,
        weight: Float(adversarial), penalty: penalty, start: start, filters: filters,
        layers: layers, rate: LearningRate(peak: rate, total: steps, decay: .constant), seed: seed))
  }

  /// The perceptual term; nil where none is asked for.
  ///
  /// - Throws: ``StageError`` when the network can't be read.
  func featureLoss() throws -> FeatureLoss? {
    guard perceptual > 0, let features else { return nil }
    let network = EfficientNetLite0()
    let directory = ModelDirectory(features)
    do {
      _ = try directory.header(kinds: ["efficientnet-lite0"])
      try ModelLoader.load(network.parameters, from: try directory.checkpoint())
    } catch {
      throw StageError(
        .config, "can't open the model '\(features)': \(error)", parameter: "features")
    }
    network.fold()
    let loss = PerceptualLoss(network)
    return FeatureLoss(weight: Float(perceptual)) { try loss($0, $1, $2) }
  }
}
