import CSystemCalls
package import FileNames
import Glibc

/// Plain work on files and folders, each fault with its step and path.
package enum Files {
  /// What `stat` tells that matters here.
  package struct Status: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case regular, directory, symbolicLink, other }

    package var kind: Kind
    package var size: Int
    package var mtimeNanoseconds: Int
    package var ctimeNanoseconds: Int
    package var device: UInt
    package var inode: UInt
    package var linkCount: Int

    init(_ found: stat) {
      kind =
        switch found.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .directory
        case S_IFLNK: .symbolicLink
        default: .other
        }
      size = Int(found.st_size)
      mtimeNanoseconds = found.st_mtim.tv_sec * 1_000_000_000 + found.st_mtim.tv_nsec
      ctimeNanoseconds = found.st_ctim.tv_sec * 1_000_000_000 + found.st_ctim.tv_nsec
      device = UInt(found.st_dev)
      inode = UInt(found.st_ino)
      linkCount = Int(found.st_nlink)
    }
  }

  /// Status of what `path` names, not following a symbolic link unless asked to; nil when there is nothing.
  package static func status(_ path: some SystemPath, followingLinks: Bool = false) -> Status? {
    inspect(path, followingLinks: followingLinks).status
  }

  /// Status of what `path` names, with the system's code when there is none.
  package static func inspect(
    _ path: some SystemPath, followingLinks: Bool
  ) -> (status: Status?, code: Int32) {
    var found = stat()
    let code = path.withSystemPath {
      (followingLinks ? stat($0, &found) : lstat($0, &found)) == 0 ? 0 : errno
    }
    return code == 0 ? (Status(found), 0) : (nil, code)
  }

  /// Status of an open file.
  package static func status(of file: OpenFile) throws(FileError) -> Status {
    var found = stat()
    guard fstat(file.descriptor, &found) == 0 else { throw FileError("look at", file.path, errno) }
    return Status(found)
  }

  package static func exists(_ path: some SystemPath) -> Bool { status(path) != nil }

  /// Reads a whole regular file; a pipe or a device is refused without waiting for it.
  ///
  /// - Throws: ``FileError``; a file of more than `limit` bytes gives `EFBIG`.
  package static func read(_ path: String, limit: Int = 256 << 20) throws(FileError) -> [UInt8] {
    try contents(of: try OpenFile(reading: path), limit: limit)
  }

  /// Reads a whole regular file.
  package static func read(_ path: FileName, limit: Int = 256 << 20) throws(FileError) -> [UInt8] {
    try contents(of: try OpenFile(reading: path), limit: limit)
  }

  /// Reads all of standard input, or of another stream that the user named on purpose, and waits for it.
  ///
  /// - Throws: ``FileError``; more than `limit` bytes give `EFBIG`.
  package static func readStream(
    _ path: FileName = "/dev/stdin", limit: Int = 256 << 20
  ) throws(FileError) -> [UInt8] {
    try contents(of: try OpenFile(path, O_RDONLY), limit: limit)
  }

  /// Reads all of a stream, as that of a name does.
  package static func readStream(
    _ path: String, limit: Int = 256 << 20
  ) throws(FileError) -> [UInt8] {
    try readStream(FileName(path), limit: limit)
  }

  private static func contents(of file: OpenFile, limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try file.read(into: &chunk)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw FileError("read", file.path, EFBIG) }
    }
  }

  /// Makes a folder and those above it; one that is there already is fine.
  ///
  /// - Parameters:
  ///   - path: Absolute, or from here.
  ///   - permissions: Of what is made, as far as the umask allows.
  ///   - isDurable: Whether each folder that is made survives a power cut.
  /// - Throws: ``FileError`` when one can't be made.
  package static func makeDirectory(
    _ path: String, permissions: UInt32 = 0o755, isDurable: Bool = false
  ) throws(FileError) {
    try makeDirectory(FileName(path), permissions: permissions, isDurable: isDurable)
  }

  /// Makes a folder and those above it; one that is there already is fine.
  package static func makeDirectory(
    _ path: FileName, permissions: UInt32 = 0o755, isDurable: Bool = false
  ) throws(FileError) {
    var code = make(path, permissions)
    if code == ENOENT {
      let parent = path.parent
      guard parent != path, parent != "." else { throw FileError("make folder", path, ENOENT) }
      try makeDirectory(parent, permissions: permissions, isDurable: isDurable)
      code = make(path, permissions)
    }
    if code == EEXIST, status(path, followingLinks: true)?.kind != .directory { code = ENOTDIR }
    guard code == 0 || code == EEXIST else { throw FileError("make folder", path, code) }
    if code == 0, isDurable { try AtomicFile.syncDirectory(path.parent) }
  }

  private static func make(_ path: FileName, _ permissions: UInt32) -> Int32 {
    path.withSystemPath { mkdir($0, permissions) == 0 ? 0 : errno }
  }

  /// Names in a folder, sorted by their bytes, without `.` and `..`; none when it is absent.
  ///
  /// A name that isn't UTF-8 comes repaired, and no file has it: ``entries(in:)`` gives all names as they are.
  ///
  /// - Throws: ``FileError`` when it is there but can't be read.
  package static func names(in path: String) throws(FileError) -> [String] {
    try entries(in: FileName(path)).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// Names in a folder as they are, sorted by their bytes, without `.` and `..`; none when it is absent.
  ///
  /// - Throws: ``FileError`` when it is there but can't be read.
  package static func entries(in path: FileName) throws(FileError) -> [FileName] {
    let (folder, code) = path.withSystemPath { (opendir($0), errno) }
    guard let folder else {
      if code == ENOENT { return [] }
      throw FileError("list", path, code)
    }
    defer { closedir(folder) }
    var names: [FileName] = []
    errno = 0
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { FileName(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw FileError("list", path, errno) }
    return names.sorted()
  }

  /// Where this process puts what nobody needs after it: `$TMPDIR`, else the system's folder for that.
  package static var temporaryFolder: String {
    guard let named = getenv("TMPDIR").map({ String(cString: $0) }), named.hasPrefix("/") else {
      return P_tmpdir
    }
    return named
  }

  /// Removes a file, or a folder with all it holds; nothing there is fine, links are not followed.
  package static func removeTree(_ path: String) throws(FileError) {
    try removeTree(FileName(path))
  }

  /// Removes a file, or a folder with all it holds; nothing there is fine, links are not followed.
  package static func removeTree(_ path: FileName) throws(FileError) {
    guard let found = status(path) else { return }
    let isFolder = found.kind == .directory
    if isFolder {
      for name in try entries(in: path) { try removeTree(path.appending(name)) }
    }
    let code = path.withSystemPath { (isFolder ? rmdir($0) : unlink($0)) == 0 ? 0 : errno }
    guard code == 0 || code == ENOENT else { throw FileError("remove", path, code) }
  }

  /// Removes a tree a part at a time, as long as `goesOn` holds; links are not followed.
  ///
  /// - Returns: True when nothing of it is left; else call it again.
  /// - Throws: ``FileError`` when something can't be removed.
  package static func removeTree(
    _ path: FileName, while goesOn: () -> Bool
  ) throws(FileError) -> Bool {
    guard let found = status(path) else { return true }
    guard found.kind == .directory else {
      try removeTree(path)
      return true
    }
    let (folder, code) = path.withSystemPath { (opendir($0), errno) }
    guard let folder else {
      if code == ENOENT { return true }
      throw FileError("list", path, code)
    }
    defer { closedir(folder) }
    // What is removed while a folder is read may hide what follows, so it is read again until it is empty.
    var isEmpty = false
    while !isEmpty {
      isEmpty = true
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { FileName(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        isEmpty = false
        guard goesOn(), try removeTree(path.appending(name), while: goesOn) else { return false }
      }
      rewinddir(folder)
    }
    let result = path.withSystemPath { rmdir($0) == 0 ? 0 : errno }
    guard result == 0 || result == ENOENT else { throw FileError("remove", path, result) }
    return true
  }

  package static func rename(_ from: String, _ to: String) throws(FileError) {
    try rename(FileName(from), FileName(to))
  }

  package static func rename(_ from: FileName, _ to: FileName) throws(FileError) {
    let code = from.withSystemPath { from in
      to.withSystemPath { Glibc.rename(from, $0) == 0 ? 0 : errno }
    }
    guard code == 0 else { throw FileError("rename", from, code) }
    SyncRecord.note(.rename, to.shown)
  }

  /// Renames only if `to` is free; false when it is taken.
  package static func renameWithoutReplacing(_ from: String, _ to: String) throws(FileError) -> Bool
  {
    try renameWithoutReplacing(FileName(from), FileName(to))
  }

  /// Renames only if `to` is free; false when it is taken.
  package static func renameWithoutReplacing(
    _ from: FileName, _ to: FileName
  ) throws(FileError) -> Bool {
    let result = from.withSystemPath { from in
      to.withSystemPath { lattice_rename_without_replacing(from, $0) }
    }
    if result == -EEXIST { return false }
    guard result == 0 else { throw FileError("rename", from, -result) }
    SyncRecord.note(.rename, to.shown)
    return true
  }

  /// True when every user may change a file, or exchange the files of a folder; false when it is not there.
  package static func isWritableByAll(_ path: String) -> Bool {
    var found = stat()
    guard stat(path, &found) == 0, found.st_mode & S_IWOTH != 0 else { return false }
    // In a folder with the sticky bit, such as /tmp, nobody can remove or rename what is another's.
    return found.st_mode & S_IFMT != S_IFDIR || found.st_mode & S_ISVTX == 0
  }

  /// Free bytes for ordinary users on the filesystem of `path`; nil when it can't be told.
  package static func freeBytes(at path: String) -> Int? {
    var found = statvfs()
    guard statvfs(path, &found) == 0 else { return nil }
    return Int(found.f_bavail) * Int(found.f_frsize)
  }

  /// False on filesystems whose changes inotify can't see: NFS, SMB, 9P and FUSE.
  package static func isLocal(_ path: String) -> Bool {
    let remote: Set<Int64> = [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x6573_5546]
    return !remote.contains(lattice_filesystem_type(path))
  }

  /// The path with links and dots resolved; nil when part of it is missing.
  package static func resolved(_ path: String) -> String? {
    resolved(FileName(path)).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// The path with links and dots resolved; nil when part of it is missing.
  package static func resolved(_ path: FileName) -> FileName? {
    guard let text = path.withSystemPath({ realpath($0, nil) }) else { return nil }
    defer { free(text) }
    return FileName(cString: text)
  }

  /// What a symbolic link says; nil when `path` is none.
  package static func linkTarget(_ path: FileName) -> FileName? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = path.withSystemPath { path in
      buffer.withUnsafeMutableBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text in
          text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
        }
      }
    }
    return count < 0 ? nil : FileName(bytes: buffer[..<count])
  }
}
