package import FileNames

/// `.lattice-tmp` in a folder of results: files from another disk are completed there before they get their names.
package enum SpareFolder {
  package static let name: FileName = ".lattice-tmp"

  /// Removes what begins with `prefix`, and the folder if nothing is left; what can't be removed stays.
  package static func sweep(in folder: HeldFolder, prefix: String) {
    guard let spare = try? folder.folder(name, followsLinks: false) else { return }
    for file in (try? spare.names()) ?? [] where file.hasPrefix(FileName(prefix)) {
      try? spare.remove(file)
    }
    try? folder.remove(name, isFolder: true)
  }
}
