import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
import JobModel

/// The file that remembers what plugins said, shared by the processes that ask them.
struct PluginMemory {
  /// Seconds to wait for another process that asks plugins.
  private static let patience = 120.0

  /// What is known of a plugin.
  struct Entry: Codable {
    var description: PluginDescription
    /// When it hung, in seconds since 1970; nil when it answered or crashed.
    var hungAt: Int?

    /// True when it is of another file than an older entry, or of a later hang.
    func isNewer(than other: Entry?) -> Bool {
      guard let other else { return true }
      let file = other.description.file
      return !description.file.looksLike(size: file.size, mtimeNanoseconds: file.mtimeNanoseconds)
        || (hungAt ?? .max) > (other.hungAt ?? .max)
    }
  }

  /// What is written down; another worker may think otherwise of the same plugins.
  private struct Content: Codable {
    var format: Int
    var worker: String?
    var plugins: [Entry]
  }

  private static let format = 2

  private let path: String
  private let worker: String?

  init(path: String, worker: String) {
    self.path = path
    self.worker = FileMark.text(of: worker)
  }

  /// What is remembered, by path; nothing when the file can't be read or is of another worker.
  func read() -> [FileName: Entry] {
    guard let bytes = try? Files.read(path),
      let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)),
      content.format == Self.format, content.worker == worker
    else { return [:] }
    return Dictionary(content.plugins.map { (FileName($0.description.file.path), $0) }) { $1 }
  }

  /// Writes everything down but plugins that are gone; failing to is no harm.
  func write(_ entries: [FileName: Entry]) {
    let plugins = entries.values.sorted { $0.description.file.path < $1.description.file.path }
      .filter { Files.exists($0.description.file.path) }
    let content = Content(format: Self.format, worker: worker, plugins: plugins)
    guard let data = try? JSONEncoder().encode(content) else { return }
    try? Files.makeDirectory(AtomicFile.parent(of: path))
    try? AtomicFile.write(Array(data), to: path)
  }

  /// Waits until no other process asks plugins; nil when that takes too long, or there can be no lock.
  func turn() -> FileLock? {
    try? Files.makeDirectory(AtomicFile.parent(of: path))
    let end = WallClock.monotonicNanoseconds + Int(Self.patience * 1e9)
    while WallClock.monotonicNanoseconds < end {
      do throws(FileError) {
        if let lock = try FileLock.acquire("\(path).lock") { return lock }
      } catch {
        return nil
      }
      usleep(10_000)
    }
    return nil
  }
}

/// What tells one state of a file from another without reading it.
enum FileMark {
  /// Path, size and time of change; nil when there is no such file.
  static func text(of path: String) -> String? {
    Files.status(path, followingLinks: true).map { "\(path) \($0.size) \($0.mtimeNanoseconds)" }
  }
}
