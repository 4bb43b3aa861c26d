import MaskGIT
import StageSDK
import TensorCore

/// Says how well the model expects an image: bits per token to store it.
final class ScoreStage: Stage {
  struct Parameters: Decodable {
    let steps: Int
    let precision: String
  }

  static let descriptor = StageDescriptor(
    id: "maskgit.score", version: "1.0.0",
    summary: "Says how many bits each token takes, coded by the model's probabilities.", kind: .map,
    parameters: [
      .integer(
        "steps", default: 12, range: 1...4096, "Groups in which tokens are uncovered and coded."),
      ModelParameters.precision,
    ],
    inputs: [TokenInput.tokens, TokenInput.label],
    outputs: [
      .tensor("bits", [.f32], ["N", "h", "w"], "Of each token."),
      .tensor("score", [.f32], ["N"], "Bits per token; a uniform guess takes log2 of the codes."),
    ], preferredBatch: 8, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var predictor: TransformerPredictor?

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func open() throws {
    let model = try TransformerModel(
      context, kind: MaskGITConfiguration.kind, precision: parameters.precision)
    predictor = TransformerPredictor(model.transformer, model.pass)
  }

  func process(_ batch: Batch) throws {
    guard let predictor else { throw StageError(.internal, "the model was not opened") }
    let configuration = predictor.transformer.configuration
    let input = try TokenInput(batch, configuration)
    let bits = try batch.output("bits", .f32, shape: [batch.count] + configuration.grid)
    let score = try batch.output("score", .f32, shape: [batch.count]).bind(Float.self)
    let good = input.canvases.indices.filter { index in
      let fault = input.canvases[index].fault(configuration, mustBeComplete: true)
      if let fault { batch.fail(index, StageError(fault)) }
      return fault == nil
    }
    let found = try TokenScore(steps: parameters.steps).bits(
      good.map { input.canvases[$0] }, rows: input.rows, columns: input.columns,
      predictor: predictor)
    for (index, values) in zip(good, found) {
      _ = try bits.row(index, Float.self).update(fromContentsOf: values)
      score[index] = values.reduce(0, +) / Float(values.count)
      try batch.setMetadata(index, ["bits_per_token": score[index]])
    }
    try context.stopIfCancelled()
  }
}
