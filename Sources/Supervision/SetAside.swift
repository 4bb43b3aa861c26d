import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
package import JobModel
import JobQueue

/// A drop that can't be taken in now, as `waiting.json` tells it to whoever looks after the spool.
package struct WaitingDrop: Codable, Hashable, Sendable {
  /// In `incoming/`; what is no UTF-8 is escaped.
  package var name: String
  /// A sentence.
  package var reason: String

  /// What the daemon of a spool has written down last; none when there is no such list.
  package static func read(_ spool: SpoolFolder) -> [WaitingDrop] {
    guard let bytes = SmallFile.bytes(spool.waitingDrops, limit: 4 << 20) else { return [] }
    return (try? JSONDecoder().decode([WaitingDrop].self, from: Data(bytes))) ?? []
  }
}

/// Drops that can't be taken in now, each with its own time to be tried again: one of them never holds up another.
struct SetAside {
  private struct Entry {
    var reason: String
    var look: SettleRule.Look?
    var tries = 0
    /// Nil while only something outside, such as its writer, can change that.
    var next: ContinuousClock.Instant?
  }

  private let spool: SpoolFolder
  private let log: DaemonLog
  private var entries: [FileName: Entry] = [:]
  private var written: [WaitingDrop]

  init(_ spool: SpoolFolder, _ log: DaemonLog) {
    self.spool = spool
    self.log = log
    written = WaitingDrop.read(spool)
  }

  /// Names of all of them.
  var names: Set<FileName> { Set(entries.keys) }

  /// Seconds between two tries of the same drop: more each time, but for a change of the file.
  private static func pause(tries: Int) -> Double { min(60, 5 * Double(1 << min(tries, 4))) }

  /// Sets a drop aside until its time has come or the file changes.
  mutating func put(
    _ name: FileName, _ look: SettleRule.Look?, reason: String, at now: ContinuousClock.Instant
  ) {
    var entry = entries[name] ?? Entry(reason: "")
    if entry.reason != reason {
      log.write("'\(name.shown)' is not taken in: \(reason)", level: .warning)
    }
    entry.reason = reason
    entry.look = look
    entry.next = now + .seconds(Self.pause(tries: entry.tries))
    entry.tries += 1
    entries[name] = entry
  }

  /// Says of a drop that its writer has not let go of it; it is looked at again as any other.
  mutating func note(_ name: FileName, reason: String) {
    if entries[name]?.reason != reason { log.write("'\(name.shown)' is not taken in: \(reason)") }
    entries[name] = Entry(reason: reason)
  }

  /// True while a drop is not to be tried.
  func holds(_ name: FileName, _ look: SettleRule.Look, at now: ContinuousClock.Instant) -> Bool {
    guard let entry = entries[name], let next = entry.next else { return false }
    return entry.look == look && next > now
  }

  mutating func forget(_ name: FileName) { entries[name] = nil }

  /// Forgets what is gone, and writes the list for people if it has changed.
  mutating func update(keeping names: Set<FileName>) {
    entries = entries.filter { names.contains($0.key) }
    let list = entries.sorted { $0.key < $1.key }
      .map { WaitingDrop(name: $0.key.text ?? $0.key.shown, reason: $0.value.reason) }
    guard list != written else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try AtomicFile.write(Array(try encoder.encode(list)), to: spool.waitingDrops)
      written = list
    } catch {
      log.write("can't write '\(spool.waitingDrops)': \(error)", level: .warning)
    }
  }
}

extension FileError {
  /// True when it is the fault of the machine or the disk, not of the one file: others would fare no better.
  var isOfTheMachine: Bool {
    isPassing || [EIO, EROFS].contains(code)
  }
}
