import Autograd
import MaskGIT
import StageSDK
import TensorCore

/// Gives the network's logits at every place: to look into it, and to compare it with others.
final class LogitsStage: Stage {
  struct Parameters: Decodable { let precision: String }

  static let descriptor = StageDescriptor(
    id: "maskgit.logits", version: "1.0.0",
    summary: "Gives the logits of the masked token model over its whole vocabulary.", kind: .map,
    parameters: [
      .choice(
        "precision", ["f32", "bf16"], default: "f32",
        "Of products: bf16 is about twice as fast, f32 is exact to the last bits.")
    ],
    inputs: [TokenInput.tokens, TokenInput.label],
    outputs: [
      .tensor(
        "logits", [.f32], ["N", "L", "V"],
        "At the class's place, then at each token's: codes (or their digits), classes, mask.")
    ], modelSlots: ["model"])

  private let precision: String
  private let context: StageContext
  private var model: TransformerModel?

  init(parameters: Parameters, context: StageContext) throws {
    precision = parameters.precision
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    let sizes = inputs["tokens"]?.dimensions ?? [-1, -1, -1]
    let length = sizes[1] >= 0 && sizes[2] >= 0 ? 1 + sizes[1] * sizes[2] : -1
    return ["logits": TensorShape(type: .f32, dimensions: [-1, length, -1])]
  }

  func open() throws {
    model = try TransformerModel(context, kind: MaskGITConfiguration.kind, precision: precision)
  }

  func process(_ batch: Batch) throws {
    guard let model else { throw StageError(.internal, "the model was not opened") }
    let configuration = model.configuration
    let input = try TokenInput(batch, configuration)
    let output = try batch.output(
      "logits", .f32, shape: [batch.count, configuration.length, configuration.vocabulary])
    for (index, canvas) in input.canvases.enumerated() {
      if let fault = canvas.fault(configuration) {
        batch.fail(index, StageError(fault))
        continue
      }
      let logits = model.transformer.logits(
        TokenSequences(labels: [canvas.label], tokens: [canvas.tokens]), model.pass)
      let row = try output.row(index, Float.self)
      logits.value.withFloats { _ = row.update(fromContentsOf: $0) }
    }
  }
}
