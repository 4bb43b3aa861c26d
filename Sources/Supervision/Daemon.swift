import DurableFiles
import Glibc
package import JobModel
import Journal
import StageCatalog

/// Serves a spool: one thread that waits for the first thing to happen and takes every step that is due.
package final class Daemon {
  private let spool: OpenSpool
  private let log: DaemonLog
  private let supervisor: Supervisor
  private let intake: Intake
  private let reader: SpecReader

  /// Takes the spool and takes up what an earlier daemon left.
  ///
  /// - Throws: What keeps it from starting, as a sentence.
  package init(
    spool folder: SpoolFolder, configuration: DaemonConfiguration, logFormat: DaemonLog.Format
  ) throws {
    spool = try OpenSpool.open(folder)
    Adoption.begin()
    BrokenPipes.ignore()
    DigestStore(path: folder.kept).sweep()
    log = DaemonLog(
      format: logFormat, path: "\(folder.path)/latticed.log", printsToStandardError: true)
    let worker = PluginFolders.worker
    guard access(worker, X_OK) == 0 else { throw NoWorkerError(path: worker) }
    if let report = try JournalRepair.adoptIfMissing(folder) {
      log.write(
        "there was no journal; it was made again of \(report.summary); lost: "
          + report.lost.joined(separator: "; "), level: .warning)
    }
    let journal = try Journal(spool: folder)
    reader = SpecReader(
      worker: worker,
      folders: PluginFolders.searchPath(named: configuration.pluginFolders, spool: folder),
      cachePath: "\(folder.cache)/plugins.json")
    let settings = Supervisor.Settings(
      slots: configuration.slots, diskReserveBytes: configuration.diskReserveBytes,
      workerExecutable: worker)
    supervisor = Supervisor(
      settings: settings, spool: folder, ledger: Ledger(journal), log: log)
    intake = Intake(
      configuration: configuration, supervisor: supervisor, reader: reader, log: log)
    try intake.adopt()
    try supervisor.recover()
    sayWhatThereIs(slots: configuration.slots)
  }

  /// Serves until a signal says to stop.
  ///
  /// - Parameters:
  ///   - signals: Where signals arrive; a second one to stop exits at once.
  ///   - drains: Return as soon as nothing is left to do.
  package func run(signals: StopSignals, drains: Bool) {
    while true {
      let now = ContinuousClock.now
      take(signals, at: now)
      if !supervisor.isStopping { intake.step(at: now) }
      supervisor.tick(at: now)
      if supervisor.isStopping, supervisor.attempts.isEmpty {
        supervisor.recordInterruption()
        return log.write("stopped")
      }
      if drains, intake.isIdle, supervisor.isIdle { return log.write("nothing left to do") }
      wait(signals)
    }
  }

  private func wait(_ signals: StopSignals) {
    var descriptors = supervisor.descriptors + [signals.descriptor]
    var deadline = supervisor.deadline
    if !supervisor.isStopping {
      descriptors += intake.descriptors
      deadline = min(deadline ?? intake.deadline, intake.deadline)
    }
    Poller.wait(for: descriptors, until: deadline)
  }

  private func take(_ signals: StopSignals, at now: ContinuousClock.Instant) {
    while let signal = signals.next() {
      switch signal {
      case .reload:
        reader.refresh(always: true)
        sayWhatThereIs(slots: supervisor.settings.slots)
      case .stop:
        if supervisor.isStopping {
          log.write("asked twice: leaving at once", level: .warning)
          exit(1)
        }
        let count = supervisor.attempts.count
        log.write("asked to stop; \(count) \(count == 1 ? "worker is" : "workers are") asked too")
        supervisor.stop(at: now)
      }
    }
  }

  private func sayWhatThereIs(slots: Int) {
    let catalog = reader.catalog
    log.write(
      "process \(getpid()) serves '\(spool.folder.path)' with \(slots) slots and "
        + "\(catalog.stageIDs.count) stages of \(catalog.plugins.count) plugins")
    for plugin in catalog.brokenPlugins {
      log.write("broken plugin: \(plugin.reason)", level: .warning)
    }
    for broken in catalog.brokenStages {
      log.write(
        "broken stage '\(broken.stage.id)' in '\(broken.plugin.path)': \(broken.stage.reason)",
        level: .warning)
    }
    for warning in catalog.warnings where warning.kind != .copy {
      log.write(warning.text, level: .warning)
    }
  }
}

/// The worker's executable is not where it should be.
package struct NoWorkerError: Error, Hashable, CustomStringConvertible {
  package let path: String

  package var description: String {
    "there is no worker at '\(path)'; install lattice-worker beside latticed, or name it in $LATTICE_WORKER"
  }
}
