import DurableFiles
import Glibc
package import JobModel
import Journal
import StageCatalog

/// Serves a spool: one thread that waits for the first thing to happen and takes every step that is due.
///
/// The thread never waits for anything that a user controls: specs are read and planned, plugins asked and ended jobs
/// summed up by clerks.
package final class Daemon {
  private let spool: OpenSpool
  private let log: DaemonLog
  private let supervisor: Supervisor
  private let intake: Intake
  private let survey: PluginSurvey.Desk
  private var gauge = LoopGauge()
  private var status: StatusWriter

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
    let reader = SpecReader(
      worker: worker,
      folders: PluginFolders.searchPath(named: configuration.pluginFolders, spool: folder),
      cacheFolder: folder.cache, waitsForRoom: true)
    let clerks = configuration.clerks(of: folder)
    var settings = Supervisor.Settings(
      slots: configuration.slots, diskReserveBytes: configuration.diskReserveBytes,
      workerExecutable: worker)
    settings.clerks = clerks
    supervisor = Supervisor(
      settings: settings, spool: folder, ledger: Ledger(try Journal(spool: folder)), log: log)
    intake = Intake(
      configuration: configuration, supervisor: supervisor, reader: reader, clerks: clerks, log: log
    )
    survey = PluginSurvey.Desk(settings: clerks, reader: reader, log: log)
    status = StatusWriter(folder)
    supervisor.sweepTemporary()
    try intake.adopt()
    try supervisor.beginRecovery()
    log.write(
      "process \(getpid()) serves '\(folder.path)' with \(configuration.slots) slots")
    survey.ask(hungAgain: false)
  }

  /// Serves until a signal says to stop.
  ///
  /// - Parameters:
  ///   - signals: Where signals arrive; a second one to stop exits at once.
  ///   - drains: Return as soon as nothing is left to do.
  package func run(signals: StopSignals, drains: Bool) {
    while true {
      let now = ContinuousClock.now
      gauge.begin(at: now)
      take(signals, at: now)
      gauge.passed("signals")
      survey.step(at: now)
      gauge.passed("plugins")
      if !supervisor.isStopping { intake.step(at: now) }
      gauge.passed("specs and requests")
      supervisor.tick(at: now)
      gauge.passed("jobs and workers")
      if hasStopped(at: now) {
        supervisor.recordInterruption()
        measure(at: now, isLast: true)
        return log.write("stopped")
      }
      if drains, intake.isIdle, supervisor.isIdle {
        measure(at: now, isLast: true)
        return log.write("nothing left to do")
      }
      measure(at: now)
      wait(signals)
    }
  }

  private func hasStopped(at now: ContinuousClock.Instant) -> Bool {
    supervisor.isStopping && intake.isQuiet(at: now) && survey.isQuiet && supervisor.isQuiet
  }

  /// Ends the measured step and tells how long it took.
  private func measure(at now: ContinuousClock.Instant, isLast: Bool = false) {
    status.note(
      DaemonStatus(
        processID: getpid(),
        loop: DaemonStatus.Loop(
          steps: gauge.steps, longestMilliseconds: LoopGauge.milliseconds(gauge.longest),
          longestProcessorMilliseconds: LoopGauge.milliseconds(gauge.longestAtWork),
          longestPart: gauge.longestPart, slowSteps: gauge.slowSteps), specs: intake.waiting,
        jobs: supervisor.troubles.map { DaemonStatus.TroubledJob(id: $0.job, reason: $0.reason) },
        intakeTrouble: intake.trouble),
      at: now, isLast: isLast)
    gauge.passed("status")
    if let warning = gauge.end() { log.write(warning, level: .warning) }
  }

  private func wait(_ signals: StopSignals) {
    let descriptors =
      supervisor.descriptors + survey.descriptors + intake.descriptors + [signals.descriptor]
    var times = [supervisor.deadline, survey.deadline]
    if !supervisor.isStopping {
      times += [intake.deadline(at: .now), status.deadline]
    }
    Poller.wait(for: descriptors, until: times.compactMap(\.self).min())
  }

  private func take(_ signals: StopSignals, at now: ContinuousClock.Instant) {
    while let signal = signals.next() {
      switch signal {
      case .reload: survey.ask(hungAgain: true)
      case .stop:
        if supervisor.isStopping {
          log.write("asked twice: leaving at once", level: .warning)
          exit(1)
        }
        let count = supervisor.attempts.count
        log.write("asked to stop; \(count) \(count == 1 ? "worker is" : "workers are") asked too")
        supervisor.stop(at: now)
        intake.stop()
        survey.stop()
      }
    }
  }
}

extension DaemonConfiguration {
  /// How this daemon runs its clerks.
  fileprivate func clerks(of folder: SpoolFolder) -> ClerkSettings {
    var clerks = ClerkSettings(
      executable: "\(PluginFolders.executableFolder)/latticed", temporaryFolder: folder.temporary)
    clerks.seconds = planSeconds
    clerks.memoryBytes = planMemoryBytes
    clerks.atOnce = max(4, min(slots, 16))
    return clerks
  }
}

/// The worker's executable is not where it should be.
package struct NoWorkerError: Error, Hashable, CustomStringConvertible {
  package let path: String

  package var description: String {
    "there is no worker at '\(path)'; install lattice-worker beside latticed, or name it in $LATTICE_WORKER"
  }
}
