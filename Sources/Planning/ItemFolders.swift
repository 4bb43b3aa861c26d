import FileNames
import JobModel

/// The folders that items lie in, the first few, and what stages read there besides the items themselves.
final class ItemFolders {
  /// Folders that are looked into; others are most often like them.
  private static let limit = 8

  private(set) var folders: [String] = []

  /// Takes in one item.
  func visit(_ item: Item) {
    guard folders.count < Self.limit, let folder = item.path?.parent.text else { return }
    if !folders.contains(folder) { folders.append(folder) }
  }

  /// The stages that read files beside items, once for each folder, with the absolute paths of these files.
  func entries(of stages: [PlannedStage]) -> [StageCheckRequest.Entry] {
    stages.flatMap { stage -> [StageCheckRequest.Entry] in
      let relative = Self.relative(stage)
      guard !relative.isEmpty, stage.description.hasCheck else { return [] }
      return folders.map { folder in
        var values = stage.parameters.objectValue ?? [:]
        for (name, path) in relative { values[name] = .string("\(folder)/\(path)") }
        return StageCheckRequest.Entry(
          name: stage.name, pluginPath: stage.plugin.path, stageID: stage.description.id,
          parameters: .object(values), inputs: [:])
      }
    }
  }

  /// Parameters whose relative paths are seen from items' folders.
  private static func relative(_ stage: PlannedStage) -> [String: String] {
    let properties = stage.description.parameterSchema["properties"]?.objectValue ?? [:]
    return properties.reduce(into: [:]) { paths, property in
      guard property.value["x-lattice-beside-items"]?.boolValue == true,
        let path = stage.parameters[property.key]?.stringValue, !path.hasPrefix("/")
      else { return }
      paths[property.key] = path
    }
  }
}
