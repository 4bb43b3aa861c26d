import DurableFiles
import FileNames
import Glibc

/// Why what a name leads to can't be read, as half a sentence.
enum FileFinding {
  /// What is in a place where nothing could be looked at; nil when nothing is there.
  static func missing(_ path: FileName, _ code: Int32) -> String? {
    if code == ENOENT || code == ENOTDIR {
      return Files.linkTarget(path).map { "a link to '\($0.shown)', which is not there" }
    }
    if code == ELOOP { return "a link that leads back to itself" }
    return "out of reach: \(String(cString: strerror(code)))"
  }
}
