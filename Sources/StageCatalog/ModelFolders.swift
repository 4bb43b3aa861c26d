import DurableFiles
import FileNames
import Glibc
package import JobModel

/// Where models are looked for: folders that hold `NAME/VERSION/` each.
package enum ModelFolders {
  /// A version of a model on disk.
  package struct Model: Hashable, Sendable {
    package var name: String
    package var version: String
    /// Absolute folder of the version.
    package var path: String
    /// The folder of the search path it was found in.
    package var folder: String

    /// `name@version`.
    package var reference: String { "\(name)@\(version)" }
  }

  /// Folders in the order in which they are searched: a named one, the spool's, `$LATTICE_MODELS`, and `models/` beside
  /// the running executable.
  package static func searchPath(named: String? = nil, spool: SpoolFolder) -> [String] {
    let listed = getenv("LATTICE_MODELS").map { String(cString: $0) } ?? ""
    return [named].compactMap(\.self) + [spool.models]
      + listed.split(separator: ":").map(String.init)
      + ["\(PluginFolders.executableFolder)/models"]
  }

  /// The folder of a version, in the first folder that has it; nil when none has.
  package static func find(name: String, version: String, in folders: [String]) -> String? {
    guard isPart(name), isPart(version) else { return nil }
    return folders.lazy.map { "\($0)/\(name)/\(version)" }.first {
      Files.exists("\($0)/\(ModelManifest.name)")
    }
  }

  /// Every model there is, sorted by name and version; of two with one reference the first on the search path.
  package static func all(in folders: [String]) -> [Model] {
    var seen: Set<FileName> = []
    var models: [Model] = []
    for folder in folders {
      for name in visible(folder) {
        for version in visible("\(folder)/\(name)") {
          let model = Model(
            name: name, version: version, path: "\(folder)/\(name)/\(version)", folder: folder)
          if seen.insert(FileName(model.reference)).inserted { models.append(model) }
        }
      }
    }
    return models.sorted {
      $0.name == $1.name ? isBefore($0.version, $1.version) : $0.name < $1.name
    }
  }

  /// Whole versions by their number, others by their letters.
  private static func isBefore(_ left: String, _ right: String) -> Bool {
    if let a = Int(left), let b = Int(right) { return a < b }
    return left < right
  }

  /// One part of a path that leads nowhere else.
  private static func isPart(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(".") && !text.contains("/")
  }

  private static func visible(_ folder: String) -> [String] {
    ((try? Files.names(in: folder)) ?? []).filter { name in
      !name.hasPrefix(".")
        && Files.status("\(folder)/\(name)", followingLinks: true)?.kind == .directory
    }
  }
}
