import Checkpoints
import MaskGIT
import ModelFiles
import StageSDK

/// Turns a checkpoint of the authors' code into a model of this program.
final class ImportStage: Stage {
  struct Parameters: Decodable {
    let files: [String]
    let config: String?
    let weights: String
    let tokenizer: String?
    let class_names: [String]
  }

  static let descriptor = StageDescriptor(
    id: "maskgit.import", version: "1.0.0",
    summary:
      "Makes a model of a checkpoint of google-research/maskgit: flax msgpack, safetensors or npz, and its config.json.",
    kind: .task,
    parameters: [
      .strings(
        "files", default: [], count: 0...1,
        "The checkpoint; [] for the job's input, which is then the checkpoint and its config.json."),
      .optionalPath(
        "config",
        "The config.json with the architecture's keys, such as codebook_size and num_class."),
      .choice(
        "weights", WeightType.allCases.map(\.rawValue), default: "f32",
        "What weights are stored as; bf16 halves the file."),
      .optionalString("tokenizer", "The model whose codes these are: NAME or NAME@VERSION."),
      .strings(
        "class_names", default: [], count: 0...1 << 20,
        "Names of the classes in order; [] for none."),
    ], publishesModel: true)

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    if let path = parameters.config, path.hasPrefix("/") {
      do {
        _ = try TransformerModel.configuration(path, kind: MaskGITConfiguration.kind)
      } catch let error as StageError {
        throw StageError(.config, error.message, parameter: "config")
      }
    }
    return [:]
  }

  func run() throws {
    guard let target = context.modelDirectory else {
      throw StageError(
        .config, "give the stage 'output: { model: NAME }' to say what the model is called")
    }
    let (configurationPath, checkpointPath) = try files()
    var configuration = try TransformerModel.configuration(
      configurationPath, kind: MaskGITConfiguration.kind)
    if let tokenizer = parameters.tokenizer { configuration.tokenizer = tokenizer }
    if !parameters.class_names.isEmpty { configuration.classNames = parameters.class_names }
    do {
      try configuration.check()
      let checkpoint = try Checkpoint(path: checkpointPath)
      let transformer = try Self.load(checkpoint, configuration)
      context.log(
        .info, "\(transformer.parameterCount) parameters of \(checkpoint.entries.count) tensors")
      try ModelWriter.write(
        transformer, kind: MaskGITConfiguration.kind,
        weights: WeightType(rawValue: parameters.weights) ?? .f32, to: target)
    } catch let error as StageError {
      throw error
    } catch { throw StageError(.config, "'\(checkpointPath)' can't be imported: \(error)") }
  }

  /// The files of the parameters, or the job's two: the one that ends in .json, and the other.
  private func files() throws -> (configuration: String, checkpoint: String) {
    if let checkpoint = parameters.files.first {
      guard let configuration = parameters.config else {
        throw StageError(
          .config, "the checkpoint says nothing of its sizes: name the model's config.json",
          parameter: "config")
      }
      return (configuration, checkpoint)
    }
    let paths = try context.items.compactMap(\.path)
    let (configurations, others) = (
      paths.filter { $0.hasSuffix(".json") }, paths.filter { !$0.hasSuffix(".json") }
    )
    guard let configuration = configurations.first, let checkpoint = others.first,
      configurations.count == 1, others.count == 1
    else {
      throw StageError(
        .config,
        """
        the job's input must be two files, a config.json and a checkpoint; it has \(configurations.count) that end in \
        .json and \(others.count) others
        """)
    }
    return (configuration, checkpoint)
  }

  /// Takes parameters by the authors' names, whatever stands before them.
  private static func load(
    _ checkpoint: Checkpoint, _ configuration: MaskGITConfiguration
  ) throws -> MaskGITTransformer {
    let words = "Embed_0/word_embeddings/embedding"
    let transformer = MaskGITTransformer(configuration)
    let found = checkpoint.entries.first { $0.name.hasSuffix(words) }
    if let rows = found?.shape.first, rows != configuration.vocabulary {
      throw MaskGITError.vocabulary(
        rows: rows, codes: configuration.codeRows, classes: configuration.classCount)
    }
    let prefix = String((found?.name ?? "params/\(words)").dropLast(words.count))
    try ModelLoader.load(
      ParameterSet(transformer.parameters), from: checkpoint,
      naming: .prefixed(prefix, ignoring: { !$0.hasPrefix(prefix) }))
    return transformer
  }
}
