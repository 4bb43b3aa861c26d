import Autograd
import Checkpoints
import ForeignJSON
import ModelFiles
import StageSDK
import TensorCore
import Tokenizers

/// Makes a model of a published checkpoint of MaskGIT's tokenizer.
final class ImportStage: Stage {
  struct Parameters: Decodable {
    let files: [String]
    let config: String
    let weights: String
  }

  static let descriptor = StageDescriptor(
    id: "maskgit-tokenizer.import", version: "1.0.0",
    summary:
      "Makes a model of a checkpoint of MaskGIT's tokenizer: flax msgpack, or PyTorch names in safetensors.",
    kind: .task,
    parameters: [
      .strings("files", default: nil, count: 1...1, "The checkpoint."),
      .path(
        "config",
        "JSON with filters, num_res_blocks, channel_multipliers, embedding_dim, codebook_size and image_size."
      ),
      .choice("weights", ["f32", "bf16", "f16"], default: "f32", "What weights are rounded to."),
    ], inputs: [], outputs: [], publishesModel: true)

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    if parameters.config.hasPrefix("/") { _ = try configuration(parameters) }
    return [:]
  }

  private static func configuration(_ parameters: Parameters) throws -> TokenizerConfiguration {
    do {
      return try ForeignJSON.decode(TokenizerConfiguration.self, file: parameters.config)
    } catch let fault as ForeignFile.Fault {
      throw StageError(.config, fault.description, parameter: "config")
    } catch let fault as ForeignJSON.FileFault {
      throw StageError(.config, fault.description, parameter: "config")
    } catch {
      throw StageError(.config, "'\(parameters.config)': \(error)", parameter: "config")
    }
  }

  func run() throws {
    guard let target = context.modelDirectory, let file = parameters.files.first else { return }
    let configuration = try Self.configuration(parameters)
    do {
      let tokenizer = try Tokenizer(configuration, start: .unset)
      let set = ParameterSet(tokenizer.parameters)
      let checkpoint = try Checkpoint(path: file)
      try ModelLoader.load(set, from: checkpoint, naming: Self.naming(checkpoint, configuration))
      try ModelDirectory(target).write(
        kind: configuration.kind, configuration: configuration, parameters: set,
        weights: WeightType(rawValue: parameters.weights) ?? .f32)
    } catch {
      throw StageError(.config, "\(error)")
    }
  }

  /// By what the names look like.
  private static func naming(
    _ checkpoint: Checkpoint, _ configuration: TokenizerConfiguration
  ) -> ParameterNaming {
    if checkpoint.entries.contains(where: { $0.name == "encoder.conv_in.weight" }) {
      let names = TorchNames(configuration)
      return ParameterNaming { TensorOrigin(names[$0.name], of: $0) }
    }
    let prefix =
      checkpoint.entries.contains { $0.name.hasPrefix("params/") } ? "params/" : ""
    return ParameterNaming { parameter in
      let name = prefix + parameter.name
      return parameter.value.shape.rank == 4
        ? .flaxConvolution(name, of: parameter) : TensorOrigin(name, of: parameter)
    }
  }
}
