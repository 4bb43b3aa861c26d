import Autograd
import Checkpoints
import FoundationEssentials

extension ModelDirectory {
  /// Writes `config.json` and `model.safetensors` into the folder, each whole or not at all.
  ///
  /// - Parameters:
  ///   - kind: Of the model.
  ///   - configuration: The architecture's own keys.
  ///   - parameters: Of the network.
  ///   - weights: What they are rounded to.
  /// - Throws: ``ModelDirectoryError`` or ``ModelSaveError``.
  package func write<Configuration: Encodable>(
    kind: String, configuration: Configuration, parameters: ParameterSet,
    weights: WeightType = .f32
  ) throws {
    let header = Header(kind: kind, format: Self.format, weights: weights)
    try ModelSaver.save(parameters, as: weights, to: weightsPath)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let json = try encoder.encode(Keys(header: header, configuration: configuration))
      try (json + Data("\n".utf8)).write(
        to: URL(filePath: configurationPath), options: .atomic)
    } catch {
      throw ModelDirectoryError.unwritable(
        path: configurationPath, reason: ConfigurationFault.reason(error))
    }
  }

  /// The keys of both in one object; the header's win.
  private struct Keys<Configuration: Encodable>: Encodable {
    let header: Header
    let configuration: Configuration

    func encode(to encoder: any Encoder) throws {
      try configuration.encode(to: encoder)
      try header.encode(to: encoder)
    }
  }
}
