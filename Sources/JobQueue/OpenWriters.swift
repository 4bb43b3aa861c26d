import CSystemCalls
import DurableFiles
import Glibc

/// Tells which files some process has open for writing.
///
/// The kernel tells of files that are ours; for others, the open files of all processes that this one may look at are
/// gone through, once for all questions.
package struct OpenWriters {
  private struct Place: Hashable {
    var device: UInt
    var inode: UInt
  }

  /// By file, a process that has it open for writing; nil before anybody asked.
  private var found: [Place: Int32]?

  package init() {}

  /// True when some process has the file open for writing; false where that can't be told.
  package mutating func include(_ path: String) -> Bool {
    guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return false }
    let answer = lattice_has_writer(file.descriptor)
    if answer >= 0 { return answer == 1 }
    return process(writing: path) != nil
  }

  /// A process that has the file open for writing; nil when there is none that can be seen.
  package mutating func process(writing path: String) -> Int32? {
    guard let status = Files.status(path) else { return nil }
    let places = found ?? Self.look()
    found = places
    return places[Place(device: status.device, inode: status.inode)]
  }

  private static func look() -> [Place: Int32] {
    var places: [Place: Int32] = [:]
    for name in (try? Files.names(in: "/proc")) ?? [] {
      guard let process = Int32(name) else { continue }
      let folder = "/proc/\(name)/fd"
      for descriptor in (try? Files.names(in: folder)) ?? [] {
        var link = stat()
        // The link's own mode says what the file was opened for.
        guard lstat("\(folder)/\(descriptor)", &link) == 0, link.st_mode & S_IWUSR != 0,
          let status = Files.status("\(folder)/\(descriptor)", followingLinks: true),
          status.kind == .regular
        else { continue }
        places[Place(device: status.device, inode: status.inode)] = process
      }
    }
    return places
  }
}
