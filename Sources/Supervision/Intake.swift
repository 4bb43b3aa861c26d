import DurableFiles
import FileNames
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
  private var moved: Set<FileName> = []
  /// Names that are complete, in the order in which they are taken.
  private var ready: [FileName] = []
  /// Those that can't be taken now.
  private var setAside: SetAside
  private var nextScan = ContinuousClock.now
  private var nextRequests = ContinuousClock.now
  private var nextSweep = ContinuousClock.now
  private var patience: ContinuousClock.Instant?
  /// What keeps specs from being taken in for now.
  private(set) var trouble: String?
  /// What was taken before and can't be read or removed, with why.
  private var stuck: [JobID: (since: Int, reason: String)] = [:]
  private var nextLook = ContinuousClock.now
  /// True while requests wait that can be taken soon.
  private var hasRequests = false
  /// What kept requests from being taken the last time.
  private var requestTrouble: String?
  /// Requests that can't be read, which were told.
  private var unreadable: Set<FileName> = []

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
    let next = [
      patience ?? nextScan, desk.deadline(at: now), drafts.deadline, stuck.isEmpty ? nil : nextLook,
    ]
    return next.compactMap(\.self).reduce(nextRequests, min)
  }

  /// True when nothing is waiting to be taken, planned or to settle, but for what can't be taken.
  var isIdle: Bool {
    ready.isEmpty && desk.isEmpty && !rule.isWaiting(without: setAside.names) && !hasRequests
  }

  /// Specs that were taken and are no jobs yet, for people.
  var waiting: [DaemonStatus.WaitingSpec] {
    desk.waiting
      + stuck.sorted { $0.key < $1.key }.map {
        DaemonStatus.WaitingSpec(
          id: $0.key, name: "\($0.key).yaml", sinceMilliseconds: $0.value.since,
          isBeingPlanned: false, reason: $0.value.reason)
      }
  }

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
  /// To be called before ``Supervisor/beginRecovery()``.
  func adopt() throws {
    let leftovers = try queue.adopt()
    for claim in leftovers.claims { takeUp(claim.id) { claim } }
    for (id, error) in leftovers.stuck { leaveStuck(id, error) }
  }

  /// Takes a claim up; one that can't be is left alone for a while.
  private func takeUp(_ id: JobID, _ read: () throws -> JobQueue.Claim?) {
    do {
      if let claim = try read() {
        if try supervisor.ledger.knows(id) { try queue.publish(claim) } else { desk.add(claim) }
      }
      stuck[id] = nil
    } catch {
      leaveStuck(id, error)
    }
  }

  private func leaveStuck(_ id: JobID, _ error: any Error) {
    let reason = "\(error)"
    if stuck[id]?.reason != reason {
      log.write(
        "a spec that was taken, in '\(queue.spool.claim(id).path)', can't be taken up again: \(reason); it is left alone until that is mended",
        level: .error, job: id)
    }
    stuck[id] = (stuck[id]?.since ?? WallClock.milliseconds, reason)
    nextLook = .now + .seconds(supervisor.settings.patienceSeconds)
  }

  /// Looks again at claims that could not be taken up.
  private func lookAtStuck(at now: ContinuousClock.Instant) {
    guard !stuck.isEmpty, now >= nextLook else { return }
    nextLook = now + .seconds(supervisor.settings.patienceSeconds)
    for id in stuck.keys.sorted() { takeUp(id) { try queue.adopt(id) } }
  }

  /// Takes what has come, as far as the turn allows.
  func step(at now: ContinuousClock.Instant) {
    let news = watchers.incoming?.take()
    moved.formUnion(news?.movedIn ?? [])
    if watchers.control?.take().needsScan ?? false || now >= nextRequests { takeRequests(at: now) }
    lookAtStuck(at: now)
    let end = now + Self.turn
    desk.step(at: now, until: end) { try conclude($0, $1) }
    let hasAnswers = drafts.step(at: now)
    if let patience, patience > now { return }
    patience = nil
    trouble = nil
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
    let found: (specs: [(name: FileName, look: SettleRule.Look)], unfit: [JobQueue.Unfit])
    do throws(FileError) {
      found = try queue.scan()
    } catch {
      return postpone("look at what was handed in", error)
    }
    let time = WallClock.monotonicNanoseconds
    rule.keep(only: Set(found.specs.map(\.name)))
    moved.formIntersection(found.specs.map(\.name))
    let unfit = Dictionary(found.unfit.map { ($0.path.lastComponent, $0) }) { $1 }
    var writers = OpenWriters()
    ready = []
    for (name, look) in found.specs {
      let isSettled = rule.isSettled(name, look, wasMoved: moved.contains(name), at: time)
      guard isSettled, !setAside.holds(name, look, at: now) else { continue }
      if let unfit = unfit[name] {
        turnAway(name, unfit, look)
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
    _ name: FileName, _ look: SettleRule.Look, _ writers: inout OpenWriters, at time: Int,
    _ now: ContinuousClock.Instant
  ) -> Bool {
    guard !moved.contains(name) else { return false }
    let path = "\(queue.spool.incoming)/\(name.text ?? name.shown)"
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

  private func turnAway(_ name: FileName, _ unfit: JobQueue.Unfit, _ look: SettleRule.Look) {
    let renderer = DiagnosticRenderer(file: unfit.name, source: [])
    let fault = Diagnostic(unfit.code, unfit.message, at: nil)
    do {
      let path = try queue.turnAway(
        unfit, text: renderer.text([fault], verdict: "not queued"),
        json: try renderer.json([fault]))
      setAside.forget(name)
      guard let path else { return }
      log.write("'\(unfit.name)' is rejected: \(unfit.message); see \(path)", level: .warning)
    } catch {
      leave(name, look, "\(unfit.message); it can't be moved to rejected/: \(error)", error)
    }
  }

  /// Leaves a drop where it is for a while, unless the fault is not its own.
  private func leave(
    _ name: FileName, _ look: SettleRule.Look?, _ reason: String, _ error: any Error
  ) {
    if let error = error as? FileError, error.isOfTheMachine {
      postpone("take '\(name.shown)'", error)
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

  private func claim(_ file: FileName) {
    // What is no text was turned away.
    guard let name = file.text else { return }
    var generator = SystemRandomNumberGenerator()
    let id = JobID(at: WallClock.milliseconds / 1000, using: &generator)
    do throws(FileError) {
      guard let claim = try queue.claim(name, as: id) else { return }
      moved.remove(file)
      setAside.forget(file)
      desk.add(claim)
    } catch {
      // It may be taken already, and only what was to follow has failed.
      if Files.exists(queue.spool.claim(id).path) {
        moved.remove(file)
        setAside.forget(file)
        leaveStuck(id, error)
      }
      let look = Files.status("\(queue.spool.incoming)/\(name)").map { SettleRule.Look($0) }
      leave(file, look, "\(error)", error)
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

  /// Seconds between two looks for a job that is about to be taken up.
  private static let requestPatience = 0.1

  /// Takes what is asked of jobs: each request is removed only once what follows from it is in the journal.
  private func takeRequests(at now: ContinuousClock.Instant) {
    nextRequests = now + .seconds(configuration.scanSeconds)
    let end = ContinuousClock.now + Self.turn
    hasRequests = false
    var delayed: Set<JobID> = []
    do {
      for path in try ControlFolder.waiting(in: queue.spool) {
        guard .now < end else {
          nextRequests = now
          hasRequests = true
          return
        }
        if try take(path, at: now, &delayed) { try Files.removeTree(path) }
      }
      requestTrouble = nil
    } catch {
      let reason = "can't take requests: \(error)"
      if reason != requestTrouble { log.write(reason, level: .error) }
      requestTrouble = reason
    }
  }

  /// Does what a request asks for.
  ///
  /// - Returns: False when it has to be taken again later.
  private func take(
    _ path: String, at now: ContinuousClock.Instant, _ delayed: inout Set<JobID>
  ) throws -> Bool {
    let read: ControlRequest?
    do throws(FileError) { read = try ControlFolder.read(path) } catch {
      if unreadable.insert(FileName(path)).inserted {
        log.write("a request can't be taken: \(error)", level: .warning)
      }
      return false
    }
    guard let request = read else {
      log.write("'\(path)' is no request and is removed", level: .warning)
      return true
    }
    if desk.knows(request.job) {
      try applyToClaim(request)
      return true
    }
    // None may overtake an earlier one of the same job that can't be done or recorded yet.
    if delayed.contains(request.job) { return false }
    if supervisor.isTakingUp(request.job) {
      nextRequests = min(nextRequests, now + .seconds(Self.requestPatience))
      hasRequests = true
    } else if supervisor.apply(request, at: now) {
      return true
    }
    delayed.insert(request.job)
    return false
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
    trouble = "can't \(what): \(error)"
  }
}
