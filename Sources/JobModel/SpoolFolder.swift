/// Names of everything in a spool; the one place that knows the layout.
package struct SpoolFolder: Hashable, Sendable {
  /// Absolute path.
  package let path: String

  package init(path: String) { self.path = path }

  /// Layout number of the spool, a line of text.
  package static let version = 1

  /// The spool when nobody names one: `$LATTICE_SPOOL`, else the user's own, else the machine's.
  ///
  /// One rule for the daemon and the commands, or they would not find each other.
  package static func usualPath(_ environment: [String: String]) -> String {
    if let path = environment["LATTICE_SPOOL"], !path.isEmpty { return path }
    if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/share/lattice" }
    return "/var/spool/lattice"
  }

  package var versionFile: String { "\(path)/VERSION" }
  /// Locked (`flock`) by the daemon for as long as it lives.
  package var daemonLock: String { "\(path)/daemon.lock" }
  package var database: String { "\(path)/lattice.db" }
  /// `latticed.json`: what the operator allows.
  package var configuration: String { "\(path)/latticed.json" }
  /// Where careful writers stage a spec before renaming it into ``incoming``.
  package var incomingTemporary: String { "\(path)/incoming/tmp" }
  package var incoming: String { "\(path)/incoming" }
  /// Drops that the daemon can't take in now, each with the reason; for people.
  package var waitingDrops: String { "\(path)/waiting.json" }
  package var rejected: String { "\(path)/rejected" }
  package var jobs: String { "\(path)/jobs" }
  /// Requests of the command line (cancel, pause, …), one JSON file each, handed in like specs.
  package var control: String { "\(path)/control" }
  package var controlTemporary: String { "\(path)/control/tmp" }
  package var models: String { "\(path)/models" }
  package var plugins: String { "\(path)/plugins" }
  package var cache: String { "\(path)/cache" }
  /// Plugins and models as they were when jobs were planned, by digest.
  package var kept: String { "\(path)/cache/kept" }
  /// Scratch files of the daemon and its clerks; emptied when it starts.
  package var temporary: String { "\(path)/tmp" }
  /// What a running daemon tells of itself.
  package var status: String { "\(path)/status.json" }

  package func job(_ id: JobID) -> JobFolder { JobFolder(path: "\(jobs)/\(id)") }
  /// A job directory while it is being claimed.
  package func claim(_ id: JobID) -> JobFolder { JobFolder(path: "\(jobs)/.new-\(id)") }

  package var directories: [String] {
    [
      path, incoming, incomingTemporary, rejected, jobs, control, controlTemporary, models, plugins,
      cache, temporary,
    ]
  }
}
