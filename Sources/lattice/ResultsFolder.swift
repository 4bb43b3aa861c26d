import DurableFiles
import PipelineSpec
import YAML

/// Where `lattice run` puts results when neither the spec nor the command line says.
enum ResultsFolder {
  /// The spec's name, with an ending where its input is in a folder of that name: results don't go between what they
  /// were made of.
  ///
  /// - Parameters:
  ///   - name: Of the spec.
  ///   - spec: nil when it can't be read.
  ///   - base: Absolute folder that the spec's paths are resolved against.
  /// - Returns: A folder's name.
  static func usual(for name: String, _ spec: PipelineSpec?, base: String) -> String {
    guard let own = Files.resolved(absolute(name)), let selection = spec?.input?.selection else {
      return name
    }
    let isInput = folders(of: selection).contains { folder in
      Files.resolved(folder.hasPrefix("/") ? folder : "\(base)/\(folder)") == own
    }
    return isInput ? "\(name)-results" : name
  }

  /// The folders that input comes from, as the spec writes them.
  private static func folders(of selection: SpecInput.Selection) -> [String] {
    switch selection {
    case .directory(let folder, _, _): [folder.value]
    case .files(let files): files.map { AtomicFile.parent(of: $0.value) }
    case .list(let list): [AtomicFile.parent(of: list.value)]
    case .count: []
    }
  }
}
