import DurableFiles
import FileNames
import Glibc
import JobModel
import PipelineSpec
import StageCatalog
import YAML

/// Lists the files below an input folder that match a glob, names sorted by their bytes, hidden ones left out.
///
/// What matches and can't be read becomes an item that fails, so that nothing is left out without a word.
struct FolderWalk {
  /// Endings of pictures that no stage here reads.
  private static let foreignEndings: Set<FileName> = [
    "heic", "heif", "avif", "webp", "tif", "tiff", "bmp", "gif", "jxl", "jp2", "dng", "cr2", "cr3",
    "nef", "arw",
  ]

  let root: FileName
  let glob: Glob
  private let isDefault: Bool
  /// The same, whatever the case.
  private let anyCase: Glob
  private let exclude: [Glob]
  private let resultFolders: Set<Place>
  private var visited: Set<Place> = []
  private var names: [FileName] = []
  private var otherCase = Examples()
  private var foreign = Examples()
  private var results = Examples()
  private var seenAlready = Examples()

  /// What makes two paths lead to one folder.
  private struct Place: Hashable {
    var device: UInt
    var inode: UInt

    init?(_ path: FileName) {
      guard let status = Files.status(path, followingLinks: true) else { return nil }
      self.init(status)
    }

    init(_ status: Files.Status) {
      device = status.device
      inode = status.inode
    }
  }

  /// - Parameters:
  ///   - root: Absolute.
  ///   - glob: Of paths below it; nil for pictures.
  ///   - exclude: Files and whole folders that are left out.
  ///   - resultFolders: Absolute; not entered, but for the root itself.
  init(root: FileName, glob: Glob?, exclude: [Glob], resultFolders: [FileName]) {
    self.root = root
    self.glob = glob ?? .images
    isDefault = glob == nil
    anyCase = Glob(self.glob.text, ignoringCase: true)
    // What leaves out all of a folder leaves out the folder.
    self.exclude =
      exclude
      + exclude.filter { $0.text.hasSuffix("/**") }.map { Glob(String($0.text.dropLast(3))) }
    self.resultFolders = Set(resultFolders.compactMap { Place($0) })
  }

  /// Reads the names of the root.
  ///
  /// - Throws: ``FileError`` when it can't be read.
  mutating func start() throws(FileError) {
    names = try Files.entries(in: root)
    if let place = Place(root) { visited.insert(place) }
  }

  mutating func list(into manifest: inout ManifestWriter) throws {
    try list(names, of: root, prefix: "", within: [], &manifest)
  }

  private mutating func list(
    _ names: [FileName], of folder: FileName, prefix: FileName, within above: [Place],
    _ manifest: inout ManifestWriter
  ) throws {
    for name in names where name.bytes.first != UInt8(ascii: ".") {
      let id = prefix + name
      let path = folder.appending(name)
      guard !exclude.contains(where: { $0.matches(id) }) else { continue }
      let found = Files.inspect(path, followingLinks: true)
      guard let status = found.status else {
        guard let what = FileFinding.missing(path, found.code), glob.matches(id) else { continue }
        try manifest.add(id: id, path: path, fault: "this is \(what)")
        continue
      }
      switch status.kind {
      case .directory: try enter(path, id, Place(status), within: above, &manifest)
      case .regular where glob.matches(id):
        try manifest.add(id: id, path: path, size: status.size, mtime: status.mtimeNanoseconds)
      case .regular: leaveOut(id)
      default:
        guard glob.matches(id) else { continue }
        let kind = FileKind.name(at: path) ?? "something else"
        try manifest.add(id: id, path: path, fault: "this is \(kind), not a file")
      }
    }
  }

  /// Lists a folder where the glob can match in it; loops of links are entered once.
  private mutating func enter(
    _ path: FileName, _ id: FileName, _ place: Place, within above: [Place],
    _ manifest: inout ManifestWriter
  ) throws {
    guard glob.canMatch(below: id) else { return }
    if resultFolders.contains(place) { return results.add(id.shown) }
    guard visited.insert(place).inserted else {
      // A link back up leads to nothing new; one to a folder from elsewhere gives its files another name.
      if !above.contains(place), place != Place(root) { seenAlready.add(id.shown) }
      return
    }
    let names: [FileName]
    do throws(FileError) { names = try Files.entries(in: path) } catch {
      if let fault = PassingFault(error) { throw fault }
      let reason = String(cString: strerror(error.code))
      return try manifest.add(
        id: id + "/", path: path, fault: "this folder can't be listed: \(reason)")
    }
    try list(names, of: path, prefix: id + "/", within: above + [place], &manifest)
  }

  private mutating func leaveOut(_ id: FileName) {
    if !isDefault, anyCase.matches(id) { otherCase.add(id.shown) }
    if isDefault, Self.foreignEndings.contains(id.pathExtension.lowercased) {
      foreign.add(id.shown)
    }
  }

  /// What was left out, for people.
  func warnings(at mark: SourceMark?) -> [Diagnostic] {
    var messages: [String] = []
    if !otherCase.isEmpty {
      messages.append(
        "\(otherCase.counted("file")) left out, whose names the glob '\(glob.text.shown)' takes in another case only: \(otherCase.list); write both cases, like '*.{png,PNG}'"
      )
    }
    if !foreign.isEmpty {
      messages.append(
        "\(foreign.counted("picture")) left out, which are neither PNG nor JPEG by their names: \(foreign.list); convert them, or say which files to take with 'glob'"
      )
    }
    if !results.isEmpty {
      messages.append(
        "results go into the input folder, and what is there is not taken for items: \(results.list); choose another 'output: { dir: … }', or say so with 'exclude'"
      )
    }
    if !seenAlready.isEmpty {
      messages.append(
        "\(seenAlready.counted("folder")) left out, whose files are listed under another name already: \(seenAlready.list)"
      )
    }
    return messages.map {
      Diagnostic("W190", $0, at: mark, severity: .warning, path: "input")
    }
  }
}
