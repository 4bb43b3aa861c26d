import DurableFiles
import FileNames
import JobModel

/// Holds an item's file against what the plan knows of it.
enum InputChange {
  /// Why an item isn't what was planned, as a sentence; nil when it is.
  static func fault(of item: Item) -> String? {
    guard let path = item.path, let size = item.size, let time = item.mtimeNanoseconds else {
      return nil
    }
    let end = "hand the job in again to use it as it is now"
    guard let found = Files.status(path, followingLinks: true) else {
      return "'\(path.shown)' is gone: changed since planned; \(end)"
    }
    guard found.kind == .regular else {
      return "'\(path.shown)' is no plain file any more: changed since planned; \(end)"
    }
    if found.size != size {
      return
        "'\(path.shown)' changed since planned: it had \(size) bytes then and has \(found.size) now; \(end)"
    }
    guard found.mtimeNanoseconds == time else {
      return
        "'\(path.shown)' changed since planned: it was written to at \(Self.text(found.mtimeNanoseconds)); \(end)"
    }
    return nil
  }

  private static func text(_ nanoseconds: Int) -> String {
    CivilTime(secondsSince1970: nanoseconds / 1_000_000_000).iso8601
  }
}
