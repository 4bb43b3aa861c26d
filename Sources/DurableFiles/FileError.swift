import Glibc

/// A step on a file that the system refused.
package struct FileError: Error, Hashable, CustomStringConvertible {
  /// A verb: `create`, `write`, `sync`, `rename`.
  package let step: String
  package let path: String
  package let code: Int32

  package init(_ step: String, _ path: String, _ code: Int32) {
    self.step = step
    self.path = path
    self.code = code
  }

  /// True when the disk or the quota is full.
  package var isNoSpace: Bool { code == ENOSPC || code == EDQUOT }

  /// True when there is nothing of that name.
  package var isMissing: Bool { code == ENOENT }

  package var description: String { "can't \(step) '\(path)': \(String(cString: strerror(code)))" }
}
