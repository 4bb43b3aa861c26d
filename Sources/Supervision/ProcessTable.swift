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

  /// Memory of a process, or nil when it is gone.
  ///
  /// `own` is what only it can give back: its own pages and what it shares, whether that is mapped or only open. `mapped`
  /// are pages of files, such as a model's weights, which the kernel drops when memory is short.
  package static func memory(of pid: Int32) -> (own: Int, mapped: Int)? {
    guard let text = SmallFile.text("/proc/\(pid)/status", limit: 16 << 10),
      let own = kilobytes("RssAnon:", in: text), let shared = kilobytes("RssShmem:", in: text),
      let mapped = kilobytes("RssFile:", in: text)
    else { return nil }
    return (own << 10 + max(shared << 10, openSharedBytes(pid)), mapped << 10)
  }

  /// Processes that the kernel has killed since the start of the machine because memory was short.
  package static var memoryKills: Int {
    let text = SmallFile.text("/proc/vmstat", limit: 64 << 10) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
  }

  private static func kilobytes(_ key: String, in status: String) -> Int? {
    let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.dropFirst(key.count).split(whereSeparator: \.isWhitespace).first.flatMap {
      Int($0)
    }
  }

  /// What the files in memory take that a process has open, each once.
  private static func openSharedBytes(_ pid: Int32) -> Int {
    let folder = "/proc/\(pid)/fd"
    guard let stream = opendir(folder) else { return 0 }
    defer { closedir(stream) }
    var seen: Set<UInt64> = []
    var sum = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var found = stat()
      guard name != ".", name != "..", isInMemory("\(folder)/\(name)"),
        stat("\(folder)/\(name)", &found) == 0, seen.insert(UInt64(found.st_ino)).inserted
      else { continue }
      sum += Int(found.st_blocks) * 512
    }
    return sum
  }

  /// True for what `memfd_create` and `shm_open` made.
  private static func isInMemory(_ link: String) -> Bool {
    var target = [CChar](repeating: 0, count: 64)
    let count = readlink(link, &target, target.count)
    guard count > 0 else { return false }
    let start = target[..<count].map { UInt8(bitPattern: $0) }
    return ["/memfd:", "/dev/shm/"].contains { start.starts(with: $0.utf8) }
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
