import Glibc

/// Tells tests, in the order in which they happen, what was made durable and what was renamed.
///
/// With `LATTICE_NOTE_SYNCS=file` in the environment each step adds a line to that file: `sync PATH`, or
/// `rename PATH` with the new path.
enum SyncRecord {
  enum Step: String { case sync, rename }

  /// Call right after the step; costs next to nothing when no test is at work.
  static func note(_ step: Step, _ path: String) {
    guard descriptor >= 0 else { return }
    // One call, so that lines of several processes don't mix.
    let line = Array("\(step.rawValue) \(path)\n".utf8)
    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  private static let descriptor: Int32 = {
    guard let path = getenv("LATTICE_NOTE_SYNCS") else { return -1 }
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
  }()
}
