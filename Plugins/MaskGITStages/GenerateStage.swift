import MaskGIT
import StageSDK
import TensorCore

/// Makes tokens of new images by parallel decoding.
///
/// Source: Chang et al. 2022, "MaskGIT", section 3.2.
final class GenerateStage: Stage {
  struct Parameters: Decodable {
    let classes: [String]
    let grid: [Int]
    let sampling: SamplingParameters

    private enum Keys: String, CodingKey { case classes, grid }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      classes = try values.decode([String].self, forKey: .classes)
      grid = try values.decode([Int].self, forKey: .grid)
      sampling = try SamplingParameters(from: decoder)
    }
  }

  static let classes = ParameterSpec.names(
    "classes", default: ["all"], count: 0...100_000,
    "Names or numbers of classes, 'all', or 'none'; 'stop*3' for three. Items take them in turn, from the start again."
  )

  static let descriptor = StageDescriptor(
    id: "maskgit.generate", version: "1.0.0",
    summary: "Makes tokens of new images of the classes asked for, many at each step.",
    kind: .source, parameters: [classes, ModelParameters.grid] + SamplingParameters.specs,
    outputs: [
      .tensor("tokens", [.i32], ["N", "h", "w"], semantic: "tokens", "Codes of the tokenizer."),
      .tensor("label", [.i32], ["N"], semantic: "label", "The class; -1 for none."),
    ], preferredBatch: 8, needsSeed: true, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var predictor: TransformerPredictor?
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
      context, kind: MaskGITConfiguration.kind, precision: parameters.sampling.precision)
    try model.checkGrid(parameters.grid)
    do {
      labels = try ClassRequest.labels(parameters.classes, model.configuration)
    } catch { throw StageError(.config, error.description, parameter: "classes") }
    predictor = TransformerPredictor(model.transformer, model.pass)
  }

  func process(_ batch: Batch) throws {
    guard let predictor else { throw StageError(.internal, "the model was not opened") }
    let configuration = predictor.transformer.configuration
    let items = (0..<batch.count).map { batch.item($0) }
    let chosen = items.map { labels[$0.number % labels.count] }
    let sampler = parameters.sampling.sampler(configuration)
    let filled = try sampler.fill(
      chosen.map { Canvas(places: configuration.tokens, label: $0) },
      noise: items.map { CounterNoise(seed: $0.seed) }, predictor: predictor,
      workers: HostWorkers(context)
    ) { _ in try context.stopIfCancelled() }
    try Self.write(filled, chosen, configuration, to: batch)
  }

  static func write(
    _ tokens: [[Int32]], _ labels: [Int], _ configuration: MaskGITConfiguration, to batch: Batch
  ) throws {
    let output = try batch.output(
      "tokens", .i32, shape: [batch.count] + configuration.grid)
    let label = try batch.output("label", .i32, shape: [batch.count]).bind(Int32.self)
    for index in 0..<batch.count {
      _ = try output.row(index, Int32.self).update(fromContentsOf: tokens[index])
      label[index] = Int32(labels[index])
      try batch.setMetadata(index, ItemClass(labels[index], configuration))
    }
  }
}

/// What is noted of an item.
private struct ItemClass: Encodable {
  let `class`: String

  init(_ label: Int, _ configuration: MaskGITConfiguration) {
    `class` =
      configuration.classNames.indices.contains(label)
      ? configuration.classNames[label] : label < 0 ? "none" : "\(label)"
  }
}

extension StageContext {
  /// - Throws: ``StageError`` with code `cancelled` once the job is being cancelled.
  func stopIfCancelled() throws {
    if isCancelled { throw StageError(.cancelled, "stopped between two steps") }
  }
}
