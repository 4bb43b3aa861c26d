import DurableFiles
import FileNames
import Glibc
import JobModel
import PipelineSpec
import StageCatalog
import YAML

/// Finds the items of a spec's input and lists them, a folder at a time.
package struct ItemSource {
  let input: SpecInput?
  let base: FileName
  /// Folders that hold what jobs make; they are not searched.
  let resultFolders: [FileName]
  private(set) var faults: [Diagnostic] = []
  /// Named files that can't be items; faults of the spec only where no other is there.
  private var absent: [Diagnostic] = []
  /// Such files told of at most, where none is there.
  private static let mostAbsent = 20

  /// Whether it has items.
  var isSound: Bool { !faults.contains { $0.severity == .error } }

  init(_ input: SpecInput?, base: String, resultFolders: [FileName] = []) {
    self.input = input
    self.base = FileName(base)
    self.resultFolders = resultFolders
  }

  /// Lists all items.
  mutating func list(into manifest: inout ManifestWriter) throws {
    switch input?.selection {
    case .directory(let directory, let glob, let exclude):
      try list(directory, glob, exclude, &manifest)
    case .files(let files):
      for file in files {
        let name = FileName(file.value)
        try add(name.absolute(from: base), shownAs: name, at: file.mark, &manifest)
      }
      tellIfNoneIsThere(manifest)
    case .list(let list):
      try read(list, &manifest)
      tellIfNoneIsThere(manifest)
    case .count(let count):
      for number in 0..<count.value {
        let digits = String(number)
        let id = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        try manifest.add(id: FileName(id), path: nil)
      }
    case nil: try manifest.add(id: "000000", path: nil)
    }
    try manifest.finish()
  }

  private mutating func list(
    _ directory: Marked<String>, _ glob: Marked<String>?, _ exclude: [Marked<String>],
    _ manifest: inout ManifestWriter
  ) throws {
    let root = FileName(directory.value).absolute(from: base)
    let found = Files.inspect(root, followingLinks: true)
    guard found.status?.kind == .directory else {
      let what =
        found.status != nil
        ? "is no folder"
        : FileFinding.missing(root, found.code).map { "is \($0)" } ?? "is not there"
      faults.append(
        Diagnostic(
          "E130",
          "the input folder '\(directory.value.shown)' \(what) (looked for '\(root.shown)')",
          at: directory.mark, path: "input"))
      return
    }
    var walk = FolderWalk(
      root: root, glob: glob.map { Glob($0.value) }, exclude: exclude.map { Glob($0.value) },
      resultFolders: resultFolders)
    do throws(FileError) { try walk.start() } catch {
      if let fault = PassingFault(error) { throw fault }
      faults.append(Diagnostic("E130", error.description, at: directory.mark, path: "input"))
      return
    }
    try walk.list(into: &manifest)
    faults += walk.warnings(at: glob?.mark ?? directory.mark)
    if manifest.count == 0 {
      faults.append(
        Diagnostic(
          "E131", "no file in '\(root.shown)' matches '\(walk.glob.text.shown)'",
          at: glob?.mark ?? directory.mark, path: "input"))
    }
  }

  /// Warns where results would land among the items, going by the absolute paths of the first item's outputs.
  func warnings(outputs: [FileName]) -> [Diagnostic] {
    guard case .directory(let directory, let glob, let exclude) = input?.selection else {
      return []
    }
    let root = FileName(directory.value).absolute(from: base)
    let pattern = glob.map { Glob($0.value) } ?? .images
    let taken = outputs.first { output in
      guard output.isInside(root), output != root,
        !resultFolders.contains(where: {
          $0 != root && $0.isInside(root) && output.isInside($0)
        })
      else { return false }
      let id = FileName(bytes: output.bytes.dropFirst(root == "/" ? 1 : root.bytes.count + 1))
      return pattern.matches(id) && !exclude.contains { Glob($0.value).matches(id) }
    }
    guard let taken else { return [] }
    return [
      Diagnostic(
        "W193",
        "results such as '\(taken.shown)' go into the input folder, and a later run would take them for items; choose another 'output: { dir: … }', or leave them out with 'exclude'",
        at: directory.mark, severity: .warning, path: "input")
    ]
  }

  private mutating func read(
    _ list: Marked<String>, _ manifest: inout ManifestWriter
  ) throws {
    let path = FileName(list.value).absolute(from: base)
    let names: [FileName]
    do {
      names = try ListFile.names(in: try Files.read(path, limit: 1 << 30))
    } catch {
      if let fault = PassingFault(error) { throw fault }
      let what =
        error is ListFile.Fault
        ? "the list '\(path.shown)' \(error)" : "the list of files can't be read: \(error)"
      faults.append(Diagnostic("E133", what, at: list.mark, path: "input"))
      return
    }
    for name in names {
      try add(name.absolute(from: path.parent), shownAs: name, at: list.mark, &manifest)
    }
    if names.isEmpty {
      faults.append(
        Diagnostic("E133", "the list '\(path.shown)' is empty", at: list.mark, path: "input"))
    }
  }

  /// Adds a named file; one that is not there is an item that fails.
  private mutating func add(
    _ path: FileName, shownAs name: FileName, at mark: SourceMark?,
    _ manifest: inout ManifestWriter
  ) throws {
    let id =
      path.isInside(base) && path != base
      ? FileName(bytes: path.bytes.dropFirst(base == "/" ? 1 : base.bytes.count + 1))
      : path.lastComponent
    let found = Files.inspect(path, followingLinks: true)
    if let status = found.status, status.kind == .regular {
      return try manifest.add(
        id: id, path: path, size: status.size, mtime: status.mtimeNanoseconds)
    }
    let missing = FileFinding.missing(path, found.code)
    if absent.count < Self.mostAbsent {
      let what =
        found.status != nil
        ? "'\(name.shown)' is no file"
        : missing.map { "'\(name.shown)' is \($0)" } ?? "there is no file '\(name.shown)'"
      absent.append(
        Diagnostic("E132", "\(what) (looked for '\(path.shown)')", at: mark, path: "input"))
    }
    let fault =
      found.status != nil
      ? "'\(path.shown)' is no file"
      : missing.map { "'\(path.shown)' is \($0)" } ?? "there is no file '\(path.shown)'"
    try manifest.add(id: id, path: path, fault: fault)
  }

  /// Some missing files fail as items; that all are missing is a fault of the spec.
  private mutating func tellIfNoneIsThere(_ manifest: ManifestWriter) {
    if manifest.faulty.count == manifest.count { faults += absent }
  }
}

/// Paths as specs write them.
enum Paths {
  /// The path from the root, `.` and `..` taken out.
  static func absolute(_ path: String, base: String) -> String {
    String(decoding: FileName(path).absolute(from: FileName(base)).bytes, as: UTF8.self)
  }
}
