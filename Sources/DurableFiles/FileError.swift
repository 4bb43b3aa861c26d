package import FileNames
import Glibc

/// A step on a file that the system refused.
package struct FileError: Error, Hashable, CustomStringConvertible {
  /// A verb: `create`, `write`, `sync`, `rename`.
  package let step: String
  /// For people where the name isn't UTF-8.
  package let path: String
  package let code: Int32
  /// What is there instead of a file: "a named pipe"; nil when that is not the trouble.
  package let found: String?

  package init(_ step: String, _ path: String, _ code: Int32, found: String? = nil) {
    self.step = step
    self.path = path
    self.code = code
    self.found = found
  }

  package init(_ step: String, _ path: FileName, _ code: Int32) {
    self.init(step, path.text ?? path.shown, code)
  }

  /// True when the disk or the quota is full.
  package var isNoSpace: Bool { code == ENOSPC || code == EDQUOT }

  /// True when there is nothing of that name.
  package var isMissing: Bool { code == ENOENT }

  /// True when the machine lacks something for now: processes, memory, descriptors, room on a disk.
  package var isPassing: Bool {
    isNoSpace || [EAGAIN, ENOMEM, EMFILE, ENFILE, EINTR, ESTALE, ETIMEDOUT].contains(code)
  }

  package var description: String {
    if let found { return "can't \(step) '\(path.shown)': it is \(found), not a file" }
    return "can't \(step) '\(path.shown)': \(String(cString: strerror(code)))"
  }
}
