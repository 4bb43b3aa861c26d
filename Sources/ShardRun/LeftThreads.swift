import CSystemCalls
import Glibc

/// Threads that a call leaves behind: what they do later is to be blamed on it, not on whoever is at work then.
struct LeftThreads {
  /// How long a call's own threads are waited for.
  private static let patience: UInt32 = 250
  private let before = Self.all()

  /// Waits for threads that are new, and notes those that stay as left behind by a stage's work on an item.
  func await(stage: Int, item: Int?) {
    var new = Self.all().subtracting(before)
    for _ in 0..<Self.patience where !new.isEmpty {
      usleep(1000)
      new.formIntersection(Self.all())
    }
    for thread in new { lattice_crash_thread(thread, Int64(stage), Int64(item ?? -1)) }
  }

  /// Threads of this process, by their number.
  private static func all() -> Set<Int32> {
    guard let folder = opendir("/proc/self/task") else { return [] }
    defer { closedir(folder) }
    var threads: Set<Int32> = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let number = Int32(name) { threads.insert(number) }
    }
    return threads
  }
}
