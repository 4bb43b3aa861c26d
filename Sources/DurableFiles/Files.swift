import CSystemCalls
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
  }

  /// Status of what `path` names, not following a symbolic link unless asked to; nil when there is nothing.
  package static func status(_ path: String, followingLinks: Bool = false) -> Status? {
    var found = stat()
    guard (followingLinks ? stat(path, &found) : lstat(path, &found)) == 0 else { return nil }
    let kind: Status.Kind =
      switch found.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      default: .other
      }
    return Status(
      kind: kind, size: Int(found.st_size),
      mtimeNanoseconds: found.st_mtim.tv_sec * 1_000_000_000 + found.st_mtim.tv_nsec,
      ctimeNanoseconds: found.st_ctim.tv_sec * 1_000_000_000 + found.st_ctim.tv_nsec,
      device: UInt(found.st_dev), inode: UInt(found.st_ino), linkCount: Int(found.st_nlink))
  }

  package static func exists(_ path: String) -> Bool { status(path) != nil }

  /// Reads a whole regular file; a pipe or a device is refused without waiting for it.
  ///
  /// - Throws: ``FileError``; a file of more than `limit` bytes gives `EFBIG`.
  package static func read(_ path: String, limit: Int = 256 << 20) throws(FileError) -> [UInt8] {
    try contents(of: try OpenFile(reading: path), limit: limit)
  }

  /// Reads all of standard input, or of another stream that the user named on purpose, and waits for it.
  ///
  /// - Throws: ``FileError``; more than `limit` bytes give `EFBIG`.
  package static func readStream(
    _ path: String = "/dev/stdin", limit: Int = 256 << 20
  ) throws(FileError) -> [UInt8] {
    try contents(of: try OpenFile(path, O_RDONLY), limit: limit)
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
  package static func makeDirectory(_ path: String) throws(FileError) {
    if mkdir(path, 0o755) == 0 { return }
    switch errno {
    case EEXIST:
      guard status(path, followingLinks: true)?.kind == .directory else {
        throw FileError("make folder", path, ENOTDIR)
      }
    case ENOENT:
      let parent = AtomicFile.parent(of: path)
      guard parent != path, parent != "." else { throw FileError("make folder", path, ENOENT) }
      try makeDirectory(parent)
      guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
        throw FileError("make folder", path, errno)
      }
    default: throw FileError("make folder", path, errno)
    }
  }

  /// Names in a folder, sorted by their bytes, without `.` and `..`; none when it is absent.
  ///
  /// - Throws: ``FileError`` when it is there but can't be read.
  package static func names(in path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw FileError("list", path, errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Removes a file, or a folder with all it holds; nothing there is fine, links are not followed.
  package static func removeTree(_ path: String) throws(FileError) {
    guard let found = status(path) else { return }
    if found.kind == .directory {
      for name in try names(in: path) { try removeTree("\(path)/\(name)") }
      guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("remove", path, errno) }
    } else {
      guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path, errno) }
    }
  }

  package static func rename(_ from: String, _ to: String) throws(FileError) {
    guard Glibc.rename(from, to) == 0 else { throw FileError("rename", from, errno) }
  }

  /// Renames only if `to` is free; false when it is taken.
  package static func renameWithoutReplacing(_ from: String, _ to: String) throws(FileError) -> Bool
  {
    let result = lattice_rename_without_replacing(from, to)
    if result == -EEXIST { return false }
    guard result == 0 else { throw FileError("rename", from, -result) }
    return true
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
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
