import Recipes
import StageSDK
import Tokenizers

/// The parameters that training has whatever the quantizer.
struct TrainParameters: Decodable {
  let size: Int
  let filters: Int
  let blocks: Int
  let multipliers: [Int]
  let groups: Int
  let steps: Int
  let batch: Int
  let parts: Int
  let rate: Double
  let warmup: Int
  let decay: Double
  let clip: Double
  let average: Double
  let absolute: Double
  let squared: Double
  let precision: String
  let winograd: Bool
  let mirror: Bool
  let damage: DamagedPictures
  let shuffleChannels: Bool
  let validation: String?
  let report: Int
  let weights: String?
  let card: String?
  let norm: String
  let shortcut: String
  let start: String?
  let losses: LossParameters
  let optimization: OptimizationRecipe
  let validating: ValidationRecipe

  enum CodingKeys: String, CodingKey {
    case size, filters, blocks, multipliers, groups, steps, batch, parts, rate, warmup, decay, clip
    case average, absolute = "l1", squared = "l2", precision, winograd, mirror, validation
    case shuffleChannels = "shuffle_channels", damage
    case report = "report_every", weights, card, norm, shortcut, start
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    size = try values.decode(Int.self, forKey: .size)
    filters = try values.decode(Int.self, forKey: .filters)
    blocks = try values.decode(Int.self, forKey: .blocks)
    multipliers = try values.decode([Int].self, forKey: .multipliers)
    groups = try values.decode(Int.self, forKey: .groups)
    steps = try values.decode(Int.self, forKey: .steps)
    batch = try values.decode(Int.self, forKey: .batch)
    parts = try values.decode(Int.self, forKey: .parts)
    rate = try values.decode(Double.self, forKey: .rate)
    warmup = try values.decode(Int.self, forKey: .warmup)
    decay = try values.decode(Double.self, forKey: .decay)
    clip = try values.decode(Double.self, forKey: .clip)
    average = try values.decode(Double.self, forKey: .average)
    absolute = try values.decode(Double.self, forKey: .absolute)
    squared = try values.decode(Double.self, forKey: .squared)
    precision = try values.decode(String.self, forKey: .precision)
    winograd = try values.decode(Bool.self, forKey: .winograd)
    mirror = try values.decode(Bool.self, forKey: .mirror)
    damage = try values.decode(DamagedPictures.self, forKey: .damage)
    shuffleChannels = try values.decode(Bool.self, forKey: .shuffleChannels)
    validation = try values.decodeIfPresent(String.self, forKey: .validation)
    report = try values.decode(Int.self, forKey: .report)
    weights = try values.decodeIfPresent(String.self, forKey: .weights)
    card = try values.decodeIfPresent(String.self, forKey: .card)
    norm = try values.decode(String.self, forKey: .norm)
    shortcut = try values.decode(String.self, forKey: .shortcut)
    start = try values.decodeIfPresent(String.self, forKey: .start)
    losses = try LossParameters(from: decoder)
    optimization = try OptimizationRecipe(from: decoder)
    validating = try ValidationRecipe(from: decoder)
  }

  static let specs =
    own + LossParameters.specs + OptimizationRecipe.specs + ValidationRecipe.specs

  private static let own: [ParameterSpec] = [
    .integer(
      "size", default: 64, range: 8...1024,
      "Pixels across and down of the squares that are cut out of pictures."),
    .integer("filters", default: 32, range: 1...1024, "Channels of the first level."),
    .integer("blocks", default: 1, range: 1...8, "Residual blocks of a level."),
    .integers(
      "multipliers", default: [1, 2, 2], each: 1...64, count: 1...7,
      "Channels of each level, times 'filters'; each level after the first halves the sides."),
    .integer("groups", default: 32, range: 1...1024, "Groups of the normalisations."),
    .choice(
      "norm", TokenizerConfiguration.Norm.allCases.map(\.rawValue), default: "group",
      "What activations are brought to: mean 0 and variance 1 over groups of channels and a whole tile, as in the authors' code; over each pixel's channels, so that results don't depend on tiles; or nothing."
    ),
    .choice(
      "shortcut", TokenizerConfiguration.Shortcut.allCases.map(\.rawValue), default: "output",
      "What is added where a residual block changes the number of channels: a projection of its output, as in the authors' code, or of its input."
    ),
    .optionalPath(
      "start",
      "The folder of a model of the same shape whose weights training begins with, such as models/NAME/1; without it, random ones."
    ),
    .integer("steps", default: 10_000, range: 1...100_000_000, "Steps in all."),
    .integer("batch", default: 32, range: 1...65_536, "Pictures to a step."),
    .integer(
      "parts", default: 1, range: 1...1024,
      "Parts that a step's pictures are worked on in, one after another, to save memory."),
    .number("rate", default: 1e-3, range: 1e-9...1, "The highest learning rate."),
    .integer("warmup", default: 200, range: 0...1_000_000, "Steps over which the rate grows."),
    .number("decay", default: 0, range: 0...1, "Weight decay."),
    .number("clip", default: 1, range: 0...1e9, "The greatest norm of gradients; 0 for any."),
    .number(
      "average", default: 0.999, range: 0...0.999_999,
      "Decay of the moving average of weights, which is what is published."),
    .number("l1", default: 0, range: 0...1e6, "Weight of the mean absolute difference."),
    .number("l2", default: 1, range: 0...1e6, "Weight of the mean squared difference."),
    .choice("precision", ["f32", "bf16"], default: "f32", "Of products; weights stay f32."),
    .boolean(
      "winograd", default: true,
      "Compute 3x3 convolutions in f32 by Winograd's method where that is faster; false for plain sums."
    ),
    .boolean("mirror", default: true, "Mirror half of the pictures."),
    DamagedPictures.parameter,
    .boolean(
      "shuffle_channels", default: false,
      "Show red, green and blue of a picture in any order, so that all hues are learned alike."),
    .optionalPath(
      "validation", "A packed set to measure on; without it, 256 of the pictures learned from."),
    .integer("report_every", default: 100, range: 1...1_000_000, "Steps between reports."),
    .choice(
      "weights", ["bf16", "f16", "f32"], default: "bf16", "What published weights are rounded to."),
    .optionalString("card", "What the model's card says of data and licence."),
  ]

  /// The shape of the tokenizer, or a sentence about what is wrong with it.
  func configuration(
    _ bottleneck: TokenizerConfiguration.Bottleneck
  ) throws -> TokenizerConfiguration {
    guard absolute + squared > 0 else {
      throw StageError(
        .config, "'l1' and 'l2' are both 0: nothing is left to learn", parameter: "l2")
    }
    guard batch.isMultiple(of: parts) else {
      throw StageError(
        .config, "'batch' \(batch) can't be worked on in \(parts) equal parts", parameter: "parts")
    }
    try losses.check(size: size)
    try optimization.check()
    if validating.decides && validation == nil {
      throw StageError(
        .config,
        "'keep_best' and 'patience' go by pictures that are not learned from: give 'validation', a packed set of them",
        parameter: "validation")
    }
    do {
      return try TokenizerConfiguration(
        filters: filters, residualBlocks: blocks, multipliers: multipliers, groups: groups,
        bottleneck: bottleneck, imageSize: size,
        norm: TokenizerConfiguration.Norm(rawValue: norm) ?? .group,
        shortcut: TokenizerConfiguration.Shortcut(rawValue: shortcut) ?? .output)
    } catch {
      throw StageError(.config, error.description)
    }
  }
}
