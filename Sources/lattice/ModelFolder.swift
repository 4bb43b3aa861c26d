import ArgumentParser
import DurableFiles
import Foundation
import JobModel
import StageCatalog

/// A version of a model on disk.
struct ModelFolder: Encodable {
  struct File: Codable, Hashable {
    var name: String
    var bytes: Int
    var sha256: String
  }

  /// `name@version`.
  var reference: String
  var path: String
  /// As its MANIFEST lists them; empty when there is none.
  var files: [File]

  var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// Every model of the search path, sorted by name and version.
  static func all(in folders: [String]) -> [ModelFolder] {
    ModelFolders.all(in: folders).map { ModelFolder(reference: $0.reference, path: $0.path) }
  }

  /// The model of a reference `name@version`, or `name` when there is just one version.
  static func find(_ reference: String, in folders: [String]) throws -> ModelFolder {
    let models = all(in: folders)
    let exact = models.filter { $0.reference == reference }
    let named = models.filter { $0.reference.hasPrefix("\(reference)@") }
    if let model = exact.first ?? (named.count == 1 ? named.first : nil) { return model }
    let known = models.isEmpty ? "there are none" : models.map(\.reference).joined(separator: ", ")
    throw failure(
      named.count > 1
        ? "'\(reference)' has several versions: \(named.map(\.reference).joined(separator: ", "))"
        : "no model '\(reference)' in \(folders.joined(separator: ", ")); there are: \(known)")
  }

  private init(reference: String, path: String) {
    self.reference = reference
    self.path = path
    let manifest = FileManager.default.contents(atPath: "\(path)/MANIFEST") ?? Data()
    files = ModelManifest.parse(String(decoding: manifest, as: UTF8.self)).map {
      File(name: $0.name, bytes: $0.bytes, sha256: $0.sha256)
    }
  }

  /// What differs from the MANIFEST, a sentence each.
  func faults() -> [String] {
    guard !files.isEmpty else { return ["has no MANIFEST, or an empty one"] }
    return files.compactMap { file in
      let path = "\(path)/\(file.name)"
      guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
        return "'\(file.name)' is missing"
      }
      guard data.count == file.bytes else {
        return "'\(file.name)' has \(data.count) bytes, its MANIFEST says \(file.bytes)"
      }
      return SHA256.hexDigest(of: data) == file.sha256
        ? nil : "'\(file.name)' has other content than its MANIFEST says"
    }
  }
}
