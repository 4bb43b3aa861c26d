import Glibc

/// What `/proc` says of the processes of this machine.
package enum ProcessTable {
  /// A process as it is now.
  package struct Entry: Hashable, Sendable {
    package let pid: Int32
    package let parent: Int32
    package let session: Int32
    /// Ended, but not yet waited for.
    package let isZombie: Bool
    /// Clock ticks from boot to its start; with the pid and the boot it names a process for good.
    package let startTicks: Int
  }

  /// Changes with every boot of the machine; empty where the kernel doesn't say.
  package static let bootID: String =
    (SmallFile.text("/proc/sys/kernel/random/boot_id") ?? "").filter { !$0.isWhitespace }

  /// The process `pid`, or nil when there is none.
  package static func entry(_ pid: Int32) -> Entry? {
    guard let text = SmallFile.text("/proc/\(pid)/stat", limit: 4096) else { return nil }
    // The name is in parentheses and may hold anything, so fields are counted from the last one.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let parent = Int32(fields[1]), let session = Int32(fields[3]),
      let start = Int(fields[19])
    else { return nil }
    return Entry(
      pid: pid, parent: parent, session: session,
      isZombie: fields[0] == "Z" || fields[0] == "X", startTicks: start)
  }

  /// Processes of a session that are alive.
  package static func living(inSession session: Int32) -> [Int32] {
    allProcesses().filter { pid in
      entry(pid).map { $0.session == session && !$0.isZombie } ?? false
    }
  }

  /// Memory of a process that only it can give back, or nil when it is gone.
  ///
  /// Pages of mapped files, such as a model's weights, don't count: the kernel drops them when memory is short.
  package static func residentBytes(_ pid: Int32) -> Int? {
    guard let text = SmallFile.text("/proc/\(pid)/statm", limit: 256) else { return nil }
    let fields = text.split(separator: " ")
    guard fields.count > 2, let pages = Int(fields[1]), let mapped = Int(fields[2]) else {
      return nil
    }
    return max(0, pages - mapped) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func allProcesses() -> [Int32] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var numbers: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name) { numbers.append(number) }
    }
    return numbers
  }
}
