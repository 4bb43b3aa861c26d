import Autograd
import Checkpoints
import FoundationEssentials
import Kernels
import MaskGIT
import ModelFiles
import StageSDK

/// A transformer from its model folder.
struct TransformerModel {
  let transformer: MaskGITTransformer
  let pass: Pass

  var configuration: MaskGITConfiguration { transformer.configuration }

  /// Opens the model of slot `model`.
  ///
  /// - Parameters:
  ///   - context: Names the folder and lends threads.
  ///   - kind: "maskgit" or "ar".
  ///   - precision: Of products.
  /// - Throws: ``StageError`` when there is none, or it is of another kind or size.
  init(_ context: StageContext, kind: String, precision: String) throws {
    guard let path = context.modelPath("model") else {
      throw StageError(
        .config, "this stage needs a model: give it 'model: NAME' or 'model: { path: … }'")
    }
    let directory = ModelDirectory(path)
    let configuration = try Self.configuration(directory.configurationPath, kind: kind)
    transformer = MaskGITTransformer(configuration, isCausal: kind == Self.autoregressive)
    do {
      try ModelLoader.load(ParameterSet(transformer.parameters), from: directory.checkpoint())
    } catch {
      throw StageError(.config, "the model in '\(path)' can't be used: \(error)")
    }
    pass = Pass(workers: HostWorkers(context), precision: Precision(rawValue: precision) ?? .f32)
  }

  /// The kind of models that predict token after token.
  static let autoregressive = "ar"

  /// Reads a `config.json`.
  static func configuration(_ path: String, kind: String) throws -> MaskGITConfiguration {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw StageError(.notFound, "can't read '\(path)'")
    }
    do {
      return try MaskGITConfiguration(json: Array(bytes), kind: kind)
    } catch {
      throw StageError(.config, "'\(path)' can't be used: \(error)")
    }
  }

  /// Checks what the spec says of the token grid, so that sizes were known before.
  func checkGrid(_ grid: [Int]) throws {
    guard grid.isEmpty || grid == configuration.grid else {
      throw StageError(
        .config, "'grid' is \(grid), but the model's tokens are \(configuration.grid)",
        parameter: "grid")
    }
  }
}

/// What all stages with a transformer take.
enum ModelParameters {
  static let precision = ParameterSpec.choice(
    "precision", Precision.allCases.map(\.rawValue), default: "bf16",
    "Of products: bf16 is about twice as fast, f32 is exact to the last bits.")
  static let grid = ParameterSpec.integers(
    "grid", default: [], each: 1...4096, count: 0...2,
    "Rows and columns of the model's tokens; lets later stages know sizes before the run and work in batches."
  )

  /// Sizes of tokens, as far as the spec says.
  static func sizes(_ grid: [Int]) throws -> [Int] {
    guard grid.isEmpty || grid.count == 2 else {
      throw StageError(.config, "'grid' is two numbers: rows and columns", parameter: "grid")
    }
    return [-1] + (grid.isEmpty ? [-1, -1] : grid)
  }
}

extension StageError {
  /// The model's refusal of an item.
  init(_ error: MaskGITError) { self.init(.input, error.description) }
}
