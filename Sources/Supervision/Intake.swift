import DurableFiles
import FoundationEssentials
import JobModel
import JobQueue
import PipelineSpec
import Planning
import StageCatalog

/// Takes specs from `incoming/` and requests from `control/`, and has the former made jobs by clerks.
final class Intake {
  /// Longest time spent on specs before workers get their turn.
  private static let turn = Duration.milliseconds(20)

  private let queue: JobQueue
  private let configuration: DaemonConfiguration
  private let supervisor: Supervisor
  private let reader: SpecReader
  private let log: DaemonLog
  private let clerks: ClerkSettings
  private let drafts: DraftDesk
  private lazy var desk = PlanningDesk(
    settings: clerks, patienceSeconds: supervisor.settings.patienceSeconds, log: log
  ) { [unowned self] in order(for: $0) }
  private let watchers: (incoming: DirectoryWatcher?, control: DirectoryWatcher?)
  private var rule: SettleRule
  /// Names that came by rename and are not taken yet.
  private var moved: Set<String> = []
  /// Names that are complete, in the order in which they are taken.
  private var ready: [String] = []
  /// Those that can't be taken now.
  private var setAside: SetAside
  private var nextScan = ContinuousClock.now
  private var nextRequests = ContinuousClock.now
  private var nextSweep = ContinuousClock.now
  private var patience: ContinuousClock.Instant?

  init(
    configuration: DaemonConfiguration, supervisor: Supervisor, reader: SpecReader,
    clerks: ClerkSettings, log: DaemonLog
  ) {
    self.clerks = clerks
    drafts = DraftDesk(settings: clerks)
    queue = JobQueue(spool: supervisor.spool)
    self.configuration = configuration
    self.supervisor = supervisor
    self.reader = reader
    self.log = log
    rule = SettleRule(settleSeconds: configuration.settleSeconds)
    setAside = SetAside(supervisor.spool, log)
    watchers = (
      Self.watch(supervisor.spool.incoming, log), Self.watch(supervisor.spool.control, log)
    )
  }

  /// What to poll.
  var descriptors: [Int32] {
    [watchers.incoming, watchers.control].compactMap { $0?.descriptor } + desk.descriptors
      + drafts.descriptors
  }

  /// When ``step(at:)`` is due though nothing happened.
  func deadline(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
    if !ready.isEmpty, desk.hasRoom, patience == nil { return now }
    // What can't be taken now is not looked for either.
    let next = [patience ?? nextScan, desk.deadline(at: now), drafts.deadline]
    return next.compactMap(\.self).reduce(nextRequests, min)
  }

  /// True when nothing is waiting to be taken, planned or to settle, but for what can't be taken.
  var isIdle: Bool { ready.isEmpty && desk.isEmpty && !rule.isWaiting(without: setAside.names) }

  /// Specs that were taken and are no jobs yet, for people.
  var waiting: [DaemonStatus.WaitingSpec] { desk.waiting }

  /// Begins to stop; what was taken stays where the next daemon finds it.
  func stop() {
    desk.stop()
    drafts.stop()
  }

  /// True once nothing is alive that plans specs.
  func isQuiet(at now: ContinuousClock.Instant) -> Bool {
    _ = drafts.step(at: now)
    return desk.isQuiet(at: now) && !drafts.isBusy
  }

  /// Finds what an earlier daemon had taken and not finished; jobs that are in the journal get their folder's name.
  ///
  /// To be called before ``Supervisor/recover()``.
  func adopt() throws {
    for claim in try queue.adopt().claims {
      if try supervisor.ledger.knows(claim.id) {
        try queue.publish(claim)
      } else {
        desk.add(claim)
      }
    }
  }

  /// Takes what has come, as far as the turn allows.
  func step(at now: ContinuousClock.Instant) {
    let news = watchers.incoming?.take()
    moved.formUnion(news?.movedIn ?? [])
    if watchers.control?.take().needsScan ?? false || now >= nextRequests { takeRequests(at: now) }
    let end = now + Self.turn
    desk.step(at: now, until: end) { try conclude($0, $1) }
    let hasAnswers = drafts.step(at: now)
    if let patience, patience > now { return }
    patience = nil
    if now >= nextSweep { sweep(at: now) }
    if news?.needsScan ?? false || hasAnswers || now >= nextScan { scan(at: now) }
    guard !ready.isEmpty else { return }
    while !ready.isEmpty, desk.hasRoom, patience == nil, .now < end { claim(ready.removeFirst()) }
    // What is gone from the folder is forgotten by looking once more.
    if ready.isEmpty { nextScan = .now }
  }

  private static func watch(_ path: String, _ log: DaemonLog) -> DirectoryWatcher? {
    guard Files.isLocal(path) else {
      log.write("'\(path)' is on a network or user filesystem: looking at it by the clock")
      return nil
    }
    do throws(FileError) {
      return try DirectoryWatcher(path)
    } catch {
      log.write("\(error); looking at it by the clock", level: .warning)
      return nil
    }
  }

  // MARK: Finding

  private func scan(at now: ContinuousClock.Instant) {
    nextScan = now + .seconds(configuration.scanSeconds)
    let found: (specs: [(name: String, look: SettleRule.Look)], unfit: [JobQueue.Unfit])
    do throws(FileError) {
      found = try queue.scan()
    } catch {
      return postpone("look at what was handed in", error)
    }
    let time = WallClock.monotonicNanoseconds
    rule.keep(only: Set(found.specs.map(\.name)))
    moved.formIntersection(found.specs.map(\.name))
    let unfit = Dictionary(found.unfit.map { ($0.name, $0) }) { $1 }
    var writers = OpenWriters()
    ready = []
    for (name, look) in found.specs {
      let isSettled = rule.isSettled(name, look, wasMoved: moved.contains(name), at: time)
      guard isSettled, !setAside.holds(name, look, at: now) else { continue }
      if let unfit = unfit[name] {
        turnAway(unfit, look)
      } else if !isBeingWritten(name, look, &writers, at: time, now) {
        ready.append(name)
      }
    }
    drafts.keep(only: Set(found.specs.map(\.name)))
    setAside.update(keeping: Set(found.specs.map(\.name)))
    if rule.isWaiting(without: setAside.names) {
      nextScan = min(nextScan, now + .seconds(max(0.02, configuration.settleSeconds / 4)))
    }
  }

  /// Seconds for which a file may be open for writing before people are told.
  private static let writerPatience = 10.0

  /// True when a file that did not come by rename is open for writing, or changed not long ago and is no YAML as far as
  /// is known.
  private func isBeingWritten(
    _ name: String, _ look: SettleRule.Look, _ writers: inout OpenWriters, at time: Int,
    _ now: ContinuousClock.Instant
  ) -> Bool {
    guard !moved.contains(name) else { return false }
    let path = "\(queue.spool.incoming)/\(name)"
    let quiet = rule.quietNanoseconds(of: name, at: time)
    if writers.include(path) {
      if quiet > Int(Self.writerPatience * 1e9) {
        let process = writers.process(writing: path).map { ", by process \($0)" } ?? ""
        setAside.note(
          name, reason: "it is open for writing\(process); it is taken in once that is closed")
      }
      return true
    }
    let grace = Int(configuration.syntaxGraceSeconds * 1e9)
    guard quiet < grace else { return false }
    return drafts.isUnfinished(name, at: path, look, at: now) ?? true
  }

  private func turnAway(_ unfit: JobQueue.Unfit, _ look: SettleRule.Look) {
    let renderer = DiagnosticRenderer(file: unfit.name, source: [])
    let fault = Diagnostic(unfit.code, unfit.message, at: nil)
    do {
      let path = try queue.turnAway(
        unfit, text: renderer.text([fault], verdict: "not queued"),
        json: try renderer.json([fault]))
      setAside.forget(unfit.name)
      guard let path else { return }
      log.write("'\(unfit.name)' is rejected: \(unfit.message); see \(path)", level: .warning)
    } catch {
      leave(unfit.name, look, "\(unfit.message); it can't be moved to rejected/: \(error)", error)
    }
  }

  /// Leaves a drop where it is for a while, unless the fault is not its own.
  private func leave(
    _ name: String, _ look: SettleRule.Look?, _ reason: String, _ error: any Error
  ) {
    if let error = error as? FileError, error.isOfTheMachine {
      postpone("take '\(name)'", error)
    } else {
      setAside.put(name, look, reason: reason, at: .now)
    }
  }

  private func sweep(at now: ContinuousClock.Instant) {
    nextSweep = now + .seconds(3600)
    let day = 86_400_000
    do throws(FileError) {
      for path in try queue.sweep(touchedBefore: WallClock.milliseconds - day) {
        log.write("'\(path)' was left behind by a writer and is removed")
      }
    } catch {
      log.write("can't remove what writers left behind: \(error)", level: .warning)
    }
  }

  // MARK: Taking

  private func claim(_ name: String) {
    var generator = SystemRandomNumberGenerator()
    let id = JobID(at: WallClock.milliseconds / 1000, using: &generator)
    do throws(FileError) {
      guard let claim = try queue.claim(name, as: id) else { return }
      moved.remove(name)
      setAside.forget(name)
      desk.add(claim)
    } catch {
      let look = Files.status("\(queue.spool.incoming)/\(name)").map { SettleRule.Look($0) }
      leave(name, look, "\(error)", error)
    }
  }

  /// Carries out what was found out about a claim; doing it twice does no harm.
  private func conclude(_ claim: JobQueue.Claim, _ verdict: PlanningDesk.Verdict) throws {
    if try supervisor.ledger.knows(claim.id) { return try finish(claim) }
    switch verdict {
    case .rejected(let text, let json, let errors):
      let path = try queue.reject(claim, text: text, json: json)
      log.write(
        "'\(claim.name)' is rejected with \(errors) \(errors == 1 ? "error" : "errors"); "
          + "see \(path).error.txt", level: .warning)
    case .cancelled(let requester): try reject(claim, cancelledBy: requester)
    case .planned(let job):
      DurableBoundary.reached("intake.wrote-plan")
      _ = try supervisor.ledger.insert(claim.id, job, folder: queue.spool.job(claim.id))
      DurableBoundary.reached("intake.inserted-job")
      try finish(claim)
      log.write(
        "'\(job.name)' from \(claim.name): \(job.itemCount) items in \(job.shardCount) shards"
          + (job.isHeld ? ", held" : ""), job: claim.id)
      for warning in job.warnings { log.write(warning, level: .warning, job: claim.id) }
    }
  }

  private func reject(_ claim: JobQueue.Claim, cancelledBy requester: String) throws {
    let renderer = DiagnosticRenderer(file: claim.name, source: [])
    let fault = Diagnostic("E169", "cancelled by \(requester) before it was planned", at: nil)
    let path = try queue.reject(
      claim, text: renderer.text([fault], verdict: "not queued"), json: try renderer.json([fault]))
    log.write("'\(claim.name)' is \(fault.message); see \(path)")
  }

  private func finish(_ claim: JobQueue.Claim) throws {
    for path in [
      claim.folder.planningOrder, claim.folder.planningOutcome, claim.folder.planningFalls,
      claim.folder.clerkTalk,
    ] { try Files.removeTree(path) }
    try queue.publish(claim)
    if let job = try supervisor.ledger.job(claim.id, in: queue.spool), !job.state.isFinal {
      supervisor.admit(job)
    }
  }

  private func order(for claim: JobQueue.Claim) -> PlanningOrder {
    PlanningOrder(name: claim.name, surroundings: surroundings(of: claim), reader: reader)
  }

  private func surroundings(of claim: JobQueue.Claim) -> PlanSurroundings {
    let origin = claim.origin.flatMap {
      try? JSONDecoder().decode(DropOrigin.self, from: Data($0))
    }
    var base = configuration.dataRoot ?? queue.spool.path
    if let origin, origin.base.hasPrefix("/") {
      if configuration.allowSubmitBase {
        base = origin.base
      } else {
        log.write(
          "\(origin.submitter) wants paths of '\(claim.name)' resolved against '\(origin.base)'; "
            + "'allowSubmitBase' is off, so '\(base)' is taken", level: .warning)
      }
    }
    return PlanSurroundings(
      base: base, defaultOutput: queue.spool.job(claim.id).outputs,
      allowedOutputs: configuration.allowedOutputs,
      models: ModelFolders.searchPath(spool: queue.spool), publishedModels: queue.spool.models,
      processors: configuration.slots, itemsPath: nil, jobID: claim.id.text)
  }

  // MARK: Requests

  /// Takes what is asked of jobs: each request is removed only once what follows from it is in the journal.
  private func takeRequests(at now: ContinuousClock.Instant) {
    nextRequests = now + .seconds(configuration.scanSeconds)
    var delayed: Set<JobID> = []
    do {
      for (path, request) in try ControlFolder.waiting(in: queue.spool) {
        if let request, desk.knows(request.job) {
          try applyToClaim(request)
        } else if let request {
          // None may overtake an earlier one of the same job that can't be recorded yet.
          if delayed.contains(request.job) { continue }
          guard supervisor.apply(request, at: now) else {
            delayed.insert(request.job)
            continue
          }
        } else {
          log.write("'\(path)' is no request and is removed", level: .warning)
        }
        try Files.removeTree(path)
      }
    } catch {
      log.write("can't take requests: \(error)", level: .error)
    }
  }

  /// Does what is asked of a spec that is no job yet.
  private func applyToClaim(_ request: ControlRequest) throws {
    guard request.action == .cancel else {
      return log.write(
        "\(request.requester) asks something else than to cancel of a spec that is not planned yet",
        level: .warning, job: request.job)
    }
    log.write("\(request.requester) asks: cancel", job: request.job)
    try desk.cancel(request.job, by: request.requester)
  }

  private func postpone(_ what: String, _ error: any Error) {
    let seconds = supervisor.settings.patienceSeconds
    log.write(
      "can't \(what): \(error); trying again in \(Watchdog.seconds(seconds))", level: .error)
    patience = .now + .seconds(seconds)
  }
}
