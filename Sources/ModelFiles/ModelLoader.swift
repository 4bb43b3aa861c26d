import Autograd
package import Checkpoints
import TensorCore
import TensorFiles

/// Where the values of loaded parameters are kept.
package enum WeightStorage: Hashable, Sendable {
  /// In memory as f32, as training needs them.
  case floats
  /// For inference: f32, and matrices in bf16, stay in the file that is mapped, without a copy and shared by processes;
  /// what lies there otherwise is copied, matrices of bf16 as they are and the rest as f32.
  case mapped
}

/// Gives parameters the values of a checkpoint.
package enum ModelLoader {
  /// Loads all parameters, or none.
  ///
  /// - Parameters:
  ///   - parameters: Of the network; their shapes are what is expected.
  ///   - checkpoint: Holds the values, of any type of floats.
  ///   - naming: How its names belong to the parameters.
  ///   - storage: Where values are kept.
  /// - Throws: ``ModelLoadError``: everything in which names and shapes differ at once; no parameter is changed then.
  package static func load(
    _ parameters: ParameterSet, from checkpoint: Checkpoint, naming: ParameterNaming = .own,
    storage: WeightStorage = .floats
  ) throws(ModelLoadError) {
    let origins = parameters.parameters.map(naming.origin)
    let mismatch = mismatch(origins, checkpoint, isIgnored: naming.isIgnored)
    guard mismatch.isEmpty else { throw .mismatch(mismatch) }
    var values: [Tensor] = []
    do throws(CheckpointError) {
      for (parameter, origin) in zip(parameters.parameters, origins) {
        let source = TensorSource(
          checkpoint: checkpoint, entry: try checkpoint.entry(origin.name), axes: origin.axes)
        values.append(try source.tensor(parameter.value.shape, storage))
      }
    } catch { throw .checkpoint(error) }
    for (parameter, value) in zip(parameters.parameters, values) { parameter.value = value }
  }

  private static func mismatch(
    _ origins: [TensorOrigin], _ checkpoint: Checkpoint, isIgnored: (String) -> Bool
  ) -> ModelMismatch {
    var mismatch = ModelMismatch(path: checkpoint.path)
    let wanted = Set(origins.map(\.name))
    let spare = checkpoint.entries.map(\.name).filter { !wanted.contains($0) && !isIgnored($0) }
    for origin in origins {
      guard let entry = checkpoint[origin.name] else {
        let near = NameLikeness.nearest(to: origin.name, among: spare)
        mismatch.missing.append(.init(name: origin.name, shape: origin.shape, near: near))
        continue
      }
      if entry.shape != origin.shape {
        mismatch.misshapen.append(
          .init(name: origin.name, expected: origin.shape, found: entry.shape))
      }
      if ![.f32, .bf16, .f16, .f64].contains(entry.type) {
        mismatch.mistyped.append(.init(name: origin.name, found: entry.type.rawValue))
      }
    }
    mismatch.unexpected = spare
    return mismatch
  }
}
