import Foundation

/// A temporary folder of one measurement.
struct ScratchFolder {
  private let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(
      path: "lattice-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { root.appending(path: name).path() }

  /// Copies the pictures of `folder`, over and over, until there are `count`.
  func fill(_ name: String, count: Int, from folder: String) throws {
    let pictures = try FileManager.default.contentsOfDirectory(
      at: URL(filePath: folder), includingPropertiesForKeys: nil
    ).filter { ["png", "jpg"].contains($0.pathExtension) }.sorted { $0.path() < $1.path() }
    guard !pictures.isEmpty else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: folder])
    }
    let target = root.appending(path: name)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    for number in 0..<count {
      let picture = pictures[number % pictures.count]
      try FileManager.default.copyItem(
        at: picture, to: target.appending(path: "\(number).\(picture.pathExtension)"))
    }
  }

  func write(_ name: String, text: String) throws -> String {
    try Data(text.utf8).write(to: root.appending(path: name))
    return path(name)
  }

  /// Makes `name` an empty folder.
  func empty(_ name: String) throws {
    let folder = root.appending(path: name)
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: root) }
}
