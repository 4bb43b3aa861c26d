package import FileNames
import Glibc

/// What things that are no regular files are called in messages.
package enum FileKind {
  static let folder = "a folder"

  /// "a named pipe", "a folder"; nil for a regular file.
  static func name(ofMode mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: folder
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFLNK: "a symbolic link"
    default: "something else"
    }
  }

  /// What `path` leads to, links followed; nil for a regular file and where there is nothing.
  package static func name(at path: some SystemPath) -> String? {
    var found = stat()
    guard path.withSystemPath({ stat($0, &found) }) == 0 else { return nil }
    return name(ofMode: found.st_mode)
  }
}
