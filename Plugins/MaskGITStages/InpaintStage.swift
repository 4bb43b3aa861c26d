import MaskGIT
import StageSDK
import TensorCore

/// Paints a part of an image anew, what lies in a box or under a mask, or all around it.
///
/// Tokens outside stay as they are.
final class InpaintStage: Stage {
  struct Parameters: Decodable {
    let box: [Double]
    let repaint: String
    let grow: Int
    let `class`: String
    let sampling: SamplingParameters

    private enum Keys: String, CodingKey { case box, repaint, grow, `class` }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      box = try values.decode([Double].self, forKey: .box)
      repaint = try values.decode(String.self, forKey: .repaint)
      grow = try values.decode(Int.self, forKey: .grow)
      `class` = try values.decode(String.self, forKey: .class)
      sampling = try SamplingParameters(from: decoder)
    }
  }

  static let descriptor = StageDescriptor(
    id: "maskgit.inpaint", version: "1.0.0",
    summary: "Paints a part of an image's tokens anew: in a box, under a mask, or all around.",
    kind: .map,
    parameters: [
      .numbers(
        "box", default: [], each: 0...1, count: 0...4,
        "Left, top, width and height as shares of the picture; [] for the mask alone."),
      .choice(
        "repaint", ["inside", "outside"], default: "inside",
        "Which side of box and mask is painted anew; outside extends a picture."),
      .integer(
        "grow", default: 0, range: 0...64, "How many tokens further the part painted anew reaches."),
      .name(
        "class", default: "none", "Name or number of the class, where no label is connected."),
    ] + SamplingParameters.specs,
    inputs: [
      TokenInput.tokens, TokenInput.label,
      .tensor(
        "mask", [.f32], ["N", "H", "W", "C"],
        "A picture that is above 0.5, in any channel, where to paint anew.", optional: true),
    ],
    outputs: [
      .tensor("tokens", [.i32], ["N", "h", "w"], semantic: "tokens", "Old and new codes."),
      .tensor("painted", [.f32], ["N", "h", "w"], "1 where a token is new."),
    ], preferredBatch: 8, needsSeed: true, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var predictor: TransformerPredictor?
  private var label = -1

  init(parameters: Parameters, context: StageContext) throws {
    try Self.check(parameters)
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    return nil
  }

  private static func check(_ parameters: Parameters) throws {
    guard parameters.box.isEmpty || parameters.box.count == 4 else {
      throw StageError(
        .config, "'box' is four numbers: left, top, width, height", parameter: "box")
    }
  }

  func open() throws {
    let model = try TransformerModel(
      context, kind: MaskGITConfiguration.kind, precision: parameters.sampling.precision)
    do {
      label = try ClassRequest.label(parameters.class, model.configuration)
    } catch { throw StageError(.config, error.description, parameter: "class") }
    predictor = TransformerPredictor(model.transformer, model.pass)
  }

  func process(_ batch: Batch) throws {
    guard let predictor else { throw StageError(.internal, "the model was not opened") }
    let configuration = predictor.transformer.configuration
    let input = try TokenInput(batch, configuration, defaultLabel: label)
    let mask = try batch.optionalInput("mask")
    var canvases: [Canvas] = []
    var good: [Int] = []
    for index in input.canvases.indices {
      var canvas = input.canvases[index]
      if let fault = canvas.fault(configuration, mustBeComplete: false) {
        batch.fail(index, StageError(fault))
        continue
      }
      let region = try region(index, mask, input)
      for place in region.indices where region[place] { canvas.tokens[place] = -1 }
      canvases.append(canvas)
      good.append(index)
    }
    let filled = try parameters.sampling.sampler(configuration).fill(
      canvases, noise: good.map { CounterNoise(seed: batch.item($0).seed) }, predictor: predictor,
      workers: HostWorkers(context)
    ) { _ in try context.stopIfCancelled() }
    let tokens = try batch.output("tokens", .i32, shape: [batch.count] + configuration.grid)
    let painted = try batch.output("painted", .f32, shape: [batch.count] + configuration.grid)
    for (place, index) in good.enumerated() {
      _ = try tokens.row(index, Int32.self).update(fromContentsOf: filled[place])
      _ = try painted.row(index, Float.self).update(
        fromContentsOf: canvases[place].tokens.map { $0 < 0 ? 1 : 0 })
    }
  }

  /// Tokens of an item that are painted anew, besides those that came in as -1.
  private func region(_ index: Int, _ mask: TensorView?, _ input: TokenInput) throws -> [Bool] {
    let (rows, columns) = (input.rows, input.columns)
    var isInside = [Bool](repeating: false, count: rows * columns)
    if !parameters.box.isEmpty {
      isInside = RepaintMask.tokens(
        box: parameters.box, rows: rows, columns: columns, grow: parameters.grow)
    }
    if let mask {
      let (height, width, channels) = (mask.shape[1], mask.shape[2], mask.shape[3])
      guard height >= rows, width >= columns else {
        throw StageError(
          .config,
          "the mask has \(height) x \(width) pixels, fewer than \(rows) x \(columns) tokens")
      }
      let pixels = try mask.row(index, Float.self)
      let marked = RepaintMask.tokens(
        { y, x in (0..<channels).contains { pixels[(y * width + x) * channels + $0] > 0.5 } },
        height: height, width: width, rows: rows, columns: columns, grow: parameters.grow)
      for place in marked.indices where marked[place] { isInside[place] = true }
    }
    return parameters.repaint == "outside" ? isInside.map { !$0 } : isInside
  }
}
