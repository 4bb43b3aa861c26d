package import FileNames
import Glibc

/// Files that are there whole or not at all, also after a power cut.
package enum AtomicFile {
  /// Writes a file: bytes to `path.tmp`, synced, renamed over `path`, and the folder synced.
  ///
  /// - Throws: ``FileError`` that names the step. The old file, if any, is untouched.
  package static func write(
    _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644
  ) throws(FileError) {
    let temporary = "\(path).tmp"
    do throws(FileError) {
      let file = try OpenFile(
        temporary, O_WRONLY | O_CREAT | O_TRUNC, permissions: permissions)
      try file.write(bytes)
      try file.sync()
      guard rename(temporary, path) == 0 else { throw FileError("rename", temporary, errno) }
      SyncRecord.note(.rename, path)
    } catch {
      unlink(temporary)
      throw error
    }
    try syncDirectory(parent(of: path))
  }

  /// Makes renames, creations and removals in a folder survive a power cut.
  package static func syncDirectory(_ path: String) throws(FileError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
  }

  /// Makes renames, creations and removals in a folder survive a power cut.
  package static func syncDirectory(_ path: FileName) throws(FileError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
  }

  /// The folder that holds `path`.
  package static func parent(of path: String) -> String {
    // Not by characters: a slash and a combining accent after it are one.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(decoding: path.utf8[..<slash], as: UTF8.self)
  }
}

extension AtomicFile {
  /// The last part of a path.
  package static func lastComponent(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
      ?? path
  }
}
