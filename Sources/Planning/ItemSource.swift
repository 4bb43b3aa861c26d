import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import PipelineSpec
import YAML

/// Finds the items of a spec's input and lists them, a folder at a time.
package struct ItemSource {
  /// Writes the manifest: one line of JSON an item, and where each shard starts.
  package struct Manifest {
    package private(set) var count = 0
    package private(set) var shardOffsets: [Int] = []
    let itemsPerShard: Int
    private let file: OpenFile?
    private var offset = 0
    private var buffer: [UInt8] = []
    private let encoder = JSONEncoder()
    /// Called with each item.
    private let visit: (Item) -> Void

    /// Opens the manifest at `path`, or only counts when it is nil.
    init(path: String?, itemsPerShard: Int, visit: @escaping (Item) -> Void) throws(FileError) {
      self.itemsPerShard = itemsPerShard
      self.visit = visit
      file = try path.map { (path) throws(FileError) in
        try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
      }
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    mutating func add(id: String, path: String?, size: Int?, mtime: Int?) throws {
      let item = Item(
        number: count, id: id, path: path, size: size, mtimeNanoseconds: mtime)
      visit(item)
      if count.isMultiple(of: itemsPerShard) { shardOffsets.append(offset) }
      count += 1
      guard file != nil else { return }
      let line = Array(try encoder.encode(item)) + [UInt8(ascii: "\n")]
      offset += line.count
      buffer += line
      if buffer.count > 1 << 16 { try flush() }
    }

    mutating func flush() throws {
      try file?.write(buffer)
      buffer.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws {
      try flush()
      try file?.sync()
    }
  }

  let input: SpecInput?
  let base: String
  private(set) var faults: [Diagnostic] = []

  init(_ input: SpecInput?, base: String) {
    self.input = input
    self.base = base
  }

  /// Lists all items.
  mutating func list(into manifest: inout Manifest) throws {
    switch input?.selection {
    case .directory(let directory, let glob):
      try list(directory: directory, glob: glob, &manifest)
    case .files(let files):
      for file in files {
        try add(
          Paths.absolute(file.value, base: base), shownAs: file.value, at: file.mark, &manifest)
      }
    case .list(let list): try read(list, &manifest)
    case .count(let count):
      for number in 0..<count.value {
        let digits = String(number)
        let id = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        try manifest.add(id: id, path: nil, size: nil, mtime: nil)
      }
    case nil: try manifest.add(id: "000000", path: nil, size: nil, mtime: nil)
    }
    try manifest.finish()
  }

  private mutating func add(
    _ path: String, shownAs name: String, at mark: SourceMark?, _ manifest: inout Manifest
  ) throws {
    guard let status = Files.status(path, followingLinks: true), status.kind == .regular else {
      let what = Files.exists(path) ? "'\(name)' is no file" : "there is no file '\(name)'"
      faults.append(Diagnostic("E132", "\(what) (looked for '\(path)')", at: mark, path: "input"))
      return
    }
    let root = base == "/" ? "/" : "\(base)/"
    let id =
      path.hasPrefix(root) ? String(path.dropFirst(root.count)) : AtomicFile.lastComponent(of: path)
    try manifest.add(id: id, path: path, size: status.size, mtime: status.mtimeNanoseconds)
  }

  private mutating func read(_ list: Marked<String>, _ manifest: inout Manifest) throws {
    let path = Paths.absolute(list.value, base: base)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Files.read(path, limit: 1 << 30)
    } catch {
      faults.append(
        Diagnostic(
          "E133", "the list of files can't be read: \(error)", at: list.mark, path: "input"))
      return
    }
    let folder = AtomicFile.parent(of: path)
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n")) where faults.count < 20 {
      // Lists made on Windows end their lines with CR LF.
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard !line.isEmpty else { continue }
      let name = String(decoding: line, as: UTF8.self)
      number += 1
      try add(Paths.absolute(name, base: folder), shownAs: name, at: list.mark, &manifest)
    }
    if number == 0 {
      faults.append(Diagnostic("E133", "the list '\(path)' is empty", at: list.mark, path: "input"))
    }
  }

  private mutating func list(
    directory: Marked<String>, glob: Marked<String>?, _ manifest: inout Manifest
  ) throws {
    let root = Paths.absolute(directory.value, base: base)
    guard Files.status(root, followingLinks: true)?.kind == .directory else {
      let what = Files.exists(root) ? "is no folder" : "is not there"
      faults.append(
        Diagnostic(
          "E130", "the input folder '\(directory.value)' \(what) (looked for '\(root)')",
          at: directory.mark, path: "input"))
      return
    }
    let pattern = Glob(glob?.value ?? Glob.images)
    var visited: Set<String> = []
    try walk(root, "", pattern, &visited, &manifest, mark: directory.mark)
    if manifest.count == 0, faults.isEmpty {
      faults.append(
        Diagnostic(
          "E131", "no file in '\(root)' matches '\(glob?.value ?? Glob.images)'",
          at: glob?.mark ?? directory.mark, path: "input"))
    }
  }

  /// Lists a folder, names sorted by their bytes, hidden ones left out; loops of links are entered once.
  private mutating func walk(
    _ folder: String, _ prefix: String, _ pattern: Glob, _ visited: inout Set<String>,
    _ manifest: inout Manifest, mark: SourceMark
  ) throws {
    guard let status = Files.status(folder, followingLinks: true),
      visited.insert("\(status.device):\(status.inode)").inserted
    else { return }
    let names: [String]
    do throws(FileError) {
      names = try Files.names(in: folder)
    } catch {
      faults.append(Diagnostic("E130", error.description, at: mark, path: "input"))
      return
    }
    for name in names where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard let status = Files.status(path, followingLinks: true) else { continue }
      if status.kind == .directory {
        try walk(path, "\(prefix)\(name)/", pattern, &visited, &manifest, mark: mark)
      } else if status.kind == .regular, pattern.matches(prefix + name) {
        try manifest.add(
          id: prefix + name, path: path, size: status.size, mtime: status.mtimeNanoseconds)
      }
    }
  }
}

/// Paths as specs write them.
enum Paths {
  /// The path from the root, `.` and `..` taken out.
  static func absolute(_ path: String, base: String) -> String {
    let whole = path.hasPrefix("/") ? path : "\(base)/\(path)"
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
