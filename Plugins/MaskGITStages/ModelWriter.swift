import FoundationEssentials
import MaskGIT
import ModelFiles
import StageSDK

/// Writes the files of a model folder.
enum ModelWriter {
  /// - Parameters:
  ///   - transformer: With the weights to be written.
  ///   - kind: Of the model.
  ///   - weights: What they are rounded to.
  ///   - directory: Gets `config.json` and `model.safetensors`.
  /// - Throws: ``StageError`` when the disk is full or the folder can't be written to.
  static func write(
    _ transformer: MaskGITTransformer, kind: String, weights: WeightType, to directory: String
  ) throws {
    let folder = ModelDirectory(directory)
    do {
      try ModelSaver.save(ParameterSet(transformer.parameters), as: weights, to: folder.weightsPath)
      let json = try transformer.configuration.json(kind: kind, weights: weights.rawValue)
      try Data(json).write(to: URL(filePath: folder.configurationPath), options: .atomic)
    } catch { throw StageError(.transient, "can't write the model: \(error)") }
  }
}
