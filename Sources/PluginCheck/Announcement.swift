import JobModel
import Glibc

/// Says on standard error what is tried next: the last words of a child that dies of it.
enum Announcement {
  static func make(_ text: String) {
    let line = Array("trying \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
