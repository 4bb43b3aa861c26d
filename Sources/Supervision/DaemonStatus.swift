import DurableFiles
import FoundationEssentials
import Glibc
package import JobModel

/// What a running daemon tells of itself, in `status.json` of its spool.
package struct DaemonStatus: Codable, Hashable, Sendable {
  /// How long the daemon's thread was away from signals, requests and workers.
  package struct Loop: Codable, Hashable, Sendable {
    package var steps: Int
    package var longestMilliseconds: Int
    /// The most time of a processor that a step has used.
    package var longestProcessorMilliseconds: Int
    /// What took most of the longest step.
    package var longestPart: String
    /// Steps longer than 50 ms.
    package var slowSteps: Int
  }

  /// A spec that was taken and is no job yet.
  package struct WaitingSpec: Codable, Hashable, Sendable {
    package var id: JobID
    /// Of the file that was dropped.
    package var name: String
    package var sinceMilliseconds: Int
    package var isBeingPlanned: Bool
    /// Why it waits, when something is in the way.
    package var reason: String?
  }

  /// A job that waits for something which the machine or its files lack.
  package struct TroubledJob: Codable, Hashable, Sendable {
    package var id: JobID
    package var reason: String
  }

  package var processID: Int32
  package var loop: Loop
  package var specs: [WaitingSpec]
  /// None in what earlier versions wrote.
  package var jobs: [TroubledJob]?
  /// What keeps specs from being taken in for now.
  package var intakeTrouble: String?

  /// What the daemon of a spool wrote last; nil when there is nothing to read.
  package static func read(_ spool: SpoolFolder) -> DaemonStatus? {
    guard let bytes = try? Files.read(spool.status, limit: 16 << 20) else { return nil }
    return try? JSONDecoder().decode(DaemonStatus.self, from: Data(bytes))
  }
}

/// Writes the status when it has changed, at most once a second.
struct StatusWriter {
  private let path: String
  private var written: DaemonStatus?
  /// Kept for when no other descriptor is left: then above all there is something to tell.
  private var spare = StatusWriter.spareDescriptor
  private var next = ContinuousClock.now

  init(_ spool: SpoolFolder) { path = spool.status }

  /// When something is left to be written; nil when nothing is.
  private(set) var deadline: ContinuousClock.Instant?

  /// Takes in what is so now; failing to write it is no harm.
  ///
  /// - Parameters:
  ///   - status: What is so.
  ///   - now: The time.
  ///   - isLast: Writes it at once, for nothing comes after it.
  mutating func note(_ status: DaemonStatus, at now: ContinuousClock.Instant, isLast: Bool = false)
  {
    guard isLast || isNews(status) else {
      deadline = nil
      return
    }
    guard isLast || now >= next else {
      deadline = next
      return
    }
    next = now + .seconds(1)
    deadline = isWritten(status) ? nil : next
  }

  private mutating func isWritten(_ status: DaemonStatus) -> Bool {
    spare = nil
    defer { spare = Self.spareDescriptor }
    guard (try? ClerkFile.write(status, to: path)) != nil else { return false }
    written = status
    return true
  }

  private static var spareDescriptor: Descriptor? {
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    return number >= 0 ? Descriptor(owning: number) : nil
  }

  /// That one more step was taken is none.
  private func isNews(_ status: DaemonStatus) -> Bool {
    guard var written else { return true }
    written.loop.steps = status.loop.steps
    return written != status
  }
}
