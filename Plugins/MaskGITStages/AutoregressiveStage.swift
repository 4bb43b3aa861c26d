import MaskGIT
import StageSDK
import TensorCore

/// Makes tokens of new images one after another.
final class AutoregressiveStage: Stage {
  struct Parameters: Decodable {
    let classes: [String]
    let grid: [Int]
    let temperature: Double
    let top_p: Double
    let top_k: Int
    let guidance: Double
    let guidance_schedule: String
    let guidance_power: Double
    let precision: String
  }

  static let descriptor = StageDescriptor(
    id: "ar.generate", version: "1.0.0",
    summary: "Makes tokens of new images of the classes asked for, one token after another.",
    kind: .source,
    parameters: [
      GenerateStage.classes, ModelParameters.grid,
      .number(
        "temperature", default: 1, range: 0...10, "Of the draw of a code; 0 takes the likeliest."),
      .number(
        "top_p", default: 1, range: 0.001...1, "The share of likeliest codes that are drawn from."),
      .integer(
        "top_k", default: 0, range: 0...1 << 24,
        "How many of the likeliest codes are drawn from; 0 for all."),
      .number(
        "guidance", default: 0, range: 0...100,
        "How far logits are pushed towards the class. Doubles the cost."),
      .choice(
        "guidance_schedule", Guidance.names, default: "constant",
        "How guidance grows over the tokens."),
      .number(
        "guidance_power", default: 1, range: 0.1...16, "The exponent of schedule power-cosine."),
      ModelParameters.precision,
    ],
    outputs: GenerateStage.descriptor.outputs, preferredBatch: 16, needsSeed: true,
    modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var model: TransformerModel?
  private var labels: [Int] = []

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    [
      "tokens": TensorShape(type: .i32, dimensions: try ModelParameters.sizes(parameters.grid)),
      "label": TensorShape(type: .i32, dimensions: [-1]),
    ]
  }

  func open() throws {
    let model = try TransformerModel(
      context, kind: TransformerModel.autoregressive, precision: parameters.precision)
    try model.checkGrid(parameters.grid)
    do {
      labels = try ClassRequest.labels(parameters.classes, model.configuration)
    } catch { throw StageError(.config, error.description, parameter: "classes") }
    self.model = model
  }

  func process(_ batch: Batch) throws {
    guard let model else { throw StageError(.internal, "the model was not opened") }
    let items = (0..<batch.count).map { batch.item($0) }
    let chosen = items.map { labels[$0.number % labels.count] }
    let decoder = AutoregressiveDecoder(
      model.transformer, model.pass,
      choice: TokenChoice(
        temperature: Float(parameters.temperature), topP: Float(parameters.top_p),
        topK: parameters.top_k),
      guidance: Guidance(
        name: parameters.guidance_schedule, scale: Float(parameters.guidance),
        power: Float(parameters.guidance_power)) ?? .none)
    let tokens = try decoder.generate(
      labels: chosen, noise: items.map { CounterNoise(seed: $0.seed) }
    ) { _ in try context.stopIfCancelled() }
    try GenerateStage.write(tokens, chosen, model.configuration, to: batch)
  }
}
