import DurableFiles
import Foundation
import JobModel
import JobQueue
import JobReport
import Supervision

/// Specs that the daemon has taken and that are no jobs yet.
enum WaitingSpecs {
  /// All of them; none when no daemon runs.
  static func all(in spool: SpoolFolder) -> [DaemonStatus.WaitingSpec] {
    guard FileLock.isHeld(spool.daemonLock) else { return [] }
    // The daemon writes its status now and then; the folder of a claim tells what is true now.
    return (DaemonStatus.read(spool)?.specs ?? []).filter {
      Files.exists(spool.claim($0.id).path)
    }
  }

  /// The one that a person means: an id, the beginning of one, or the file's name with or without its ending.
  static func find(_ text: String, in spool: SpoolFolder) -> DaemonStatus.WaitingSpec? {
    all(in: spool).last { spec in
      let stem = spec.name.split(separator: ".").dropLast().joined(separator: ".")
      return spec.id.text == text || spec.name == text || stem == text
        || stem.hasPrefix("\(text)-") || (text.count >= 4 && spec.id.text.hasPrefix(text))
    }
  }

  /// What a list of jobs says of it.
  static func line(_ spec: DaemonStatus.WaitingSpec) -> String {
    let seconds = Double(max(0, WallClock.milliseconds - spec.sinceMilliseconds)) / 1000
    let place = "\(spec.name) (\(spec.id))"
    if spec.isBeingPlanned {
      return "being planned for \(Quantity.duration(seconds)): \(place)"
    }
    return "waits to be planned: \(place)" + (spec.reason.map { ": \($0)" } ?? "")
  }

  /// Cancels it, and returns once it is no more.
  ///
  /// - Returns: False when it became a job first.
  static func cancel(_ spec: DaemonStatus.WaitingSpec, in spool: SpoolFolder) throws -> Bool {
    let request = ControlRequest(job: spec.id, action: .cancel, requester: NSUserName())
    try ControlFolder.handIn(request, to: spool)
    for _ in 0..<600 {
      if Files.exists(spool.job(spec.id).path) { return false }
      if !Files.exists(spool.claim(spec.id).path) {
        say("'\(spec.name)' (\(spec.id)) is cancelled; it is in \(spool.rejected)")
        return true
      }
      usleep(50_000)
    }
    say("'\(spec.name)' (\(spec.id)): asked for, not done within 30 s")
    throw Outcome.timedOut.exitCode
  }
}
