import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import JobQueue
import PipelineSpec

/// Has claims planned by clerks, several at a time, and says what became of each.
///
/// Nothing of it waits. A claim is given up only for a reason that lies in it: what the machine lacks for now is waited
/// for, and a clerk that falls is sent again twice.
final class PlanningDesk {
  /// What became of a claim.
  enum Verdict {
    case planned(PlannedJob)
    case rejected(text: String, json: String, errors: Int)
    case cancelled(by: String)
  }

  private final class Entry {
    let claim: JobQueue.Claim
    let since = WallClock.milliseconds
    var clerk: ClerkProcess?
    var verdict: Verdict?
    var notBefore: ContinuousClock.Instant?
    /// Why it waits.
    var reason: String?
    /// Passing faults in a row.
    var passes = 0
    var canceller: String?

    init(_ claim: JobQueue.Claim) { self.claim = claim }
  }

  private let settings: ClerkSettings
  private let patienceSeconds: Double
  private let log: DaemonLog
  /// Makes the order for a claim.
  private let order: (JobQueue.Claim) -> PlanningOrder
  private var entries: [Entry] = []

  init(
    settings: ClerkSettings, patienceSeconds: Double, log: DaemonLog,
    order: @escaping (JobQueue.Claim) -> PlanningOrder
  ) {
    self.settings = settings
    self.patienceSeconds = patienceSeconds
    self.log = log
    self.order = order
  }

  /// What to poll.
  var descriptors: [Int32] { entries.compactMap { $0.clerk?.descriptor } }

  var isEmpty: Bool { entries.isEmpty }

  /// True while more claims would be begun soon.
  var hasRoom: Bool { entries.count < settings.atOnce * 2 }

  /// When ``step(at:conclude:)`` is due though nothing happened.
  func deadline(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    let isBusy = entries.count { $0.clerk != nil } >= settings.atOnce
    return entries.compactMap { entry in
      if let clerk = entry.clerk { return clerk.deadline }
      if entry.verdict == nil, isBusy { return nil }
      return entry.notBefore ?? now
    }.min()
  }

  /// What is on the desk, for people.
  var waiting: [DaemonStatus.WaitingSpec] {
    entries.map { entry in
      DaemonStatus.WaitingSpec(
        id: entry.claim.id, name: entry.claim.name, sinceMilliseconds: entry.since,
        isBeingPlanned: entry.clerk != nil, reason: entry.reason)
    }
  }

  func knows(_ id: JobID) -> Bool { entries.contains { $0.claim.id == id } }

  func add(_ claim: JobQueue.Claim) {
    let entry = Entry(claim)
    entry.canceller = SmallFile.text(claim.folder.planningWish, limit: 1000)
    if let canceller = entry.canceller { entry.verdict = .cancelled(by: canceller) }
    entries.append(entry)
  }

  /// Gives a claim up because somebody asks for that; durable when this returns.
  func cancel(_ id: JobID, by requester: String) throws {
    guard let entry = entries.first(where: { $0.claim.id == id }) else { return }
    try AtomicFile.write(Array(requester.utf8), to: entry.claim.folder.planningWish)
    entry.canceller = requester
    if let clerk = entry.clerk { clerk.stop() } else { entry.verdict = .cancelled(by: requester) }
    entry.notBefore = nil
  }

  /// Kills all clerks; the claims stay on disk for the next daemon.
  func stop() { for entry in entries { entry.clerk?.stop() } }

  /// True once no clerk is alive.
  func isQuiet(at now: ContinuousClock.Instant) -> Bool {
    for entry in entries where entry.clerk?.look(at: now) != nil { entry.clerk = nil }
    return entries.allSatisfy { $0.clerk == nil }
  }

  /// Takes every step that is due.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - turn: When to leave the rest for later.
  ///   - conclude: Carries out a verdict; when it throws that is tried again.
  func step(
    at now: ContinuousClock.Instant, until turn: ContinuousClock.Instant,
    conclude: (JobQueue.Claim, Verdict) throws -> Void
  ) {
    for entry in entries {
      guard let ending = entry.clerk?.look(at: now) else { continue }
      entry.clerk = nil
      take(ending, entry, at: now)
    }
    for entry in entries where isDue(entry, now) && .now < turn {
      guard let verdict = entry.verdict else { continue }
      do {
        try conclude(entry.claim, verdict)
        entries.removeAll { $0 === entry }
      } catch {
        wait(entry, "can't make a job of '\(entry.claim.name)': \(error)", at: now)
      }
    }
    var atWork = entries.count { $0.clerk != nil }
    for entry in entries where atWork < settings.atOnce && .now < turn {
      guard entry.clerk == nil, entry.verdict == nil, isDue(entry, now) else { continue }
      start(entry, at: now)
      atWork += 1
    }
  }

  private func isDue(_ entry: Entry, _ now: ContinuousClock.Instant) -> Bool {
    entry.notBefore.map { $0 <= now } ?? true
  }

  private func start(_ entry: Entry, at now: ContinuousClock.Instant) {
    let folder = entry.claim.folder
    do {
      try ClerkFile.write(order(entry.claim), to: folder.planningOrder)
      try Files.removeTree(folder.planningOutcome)
      entry.clerk = try ClerkProcess.start(
        .plan, folder.path, talk: folder.clerkTalk, settings: settings)
      entry.notBefore = nil
    } catch {
      wait(entry, "'\(entry.claim.name)' can't be planned now: \(error)", at: now)
    }
  }

  /// Answers the end of a clerk.
  private func take(_ ending: ClerkProcess.Ending, _ entry: Entry, at now: ContinuousClock.Instant)
  {
    if let canceller = entry.canceller {
      entry.verdict = .cancelled(by: canceller)
      return
    }
    switch ending {
    case .done:
      do {
        entry.verdict = try verdict(entry.claim)
        entry.reason = nil
        entry.passes = 0
      } catch {
        if let file = error as? FileError, file.isPassing {
          return wait(entry, "'\(entry.claim.name)' can't be planned now: \(error)", at: now)
        }
        fell("left no outcome: \(error)", entry, at: now)
      }
    case .passing(let reason):
      wait(entry, "'\(entry.claim.name)' can't be planned now: \(reason)", at: now)
    case .fell(let reason): fell(reason, entry, at: now)
    case .unfinished: fell("left with an answer to another question", entry, at: now)
    case .stopped: break
    }
  }

  private func verdict(_ claim: JobQueue.Claim) throws -> Verdict {
    switch try ClerkFile.read(PlanningOutcome.self, from: claim.folder.planningOutcome) {
    case .planned(let job): return .planned(job)
    case .faulty(let errors):
      let text = try Files.read(claim.folder.rejectionText)
      let json = try Files.read(claim.folder.rejectionJSON)
      return .rejected(
        text: String(decoding: text, as: UTF8.self), json: String(decoding: json, as: UTF8.self),
        errors: errors)
    }
  }

  private func fell(_ reason: String, _ entry: Entry, at now: ContinuousClock.Instant) {
    do {
      let falls = try PlanningFalls.add(reason, to: entry.claim.folder)
      log.write(
        "planning '\(entry.claim.name)' failed, \(falls.count) of \(PlanningFalls.most) times: its process \(reason)",
        level: .warning)
      guard falls.isEnough else { return }
      entry.verdict = try rejection("E168", falls.sentence, of: entry.claim)
    } catch {
      wait(entry, "'\(entry.claim.name)' can't be planned now: \(error)", at: now)
    }
  }

  private func rejection(
    _ code: String, _ message: String, of claim: JobQueue.Claim
  ) throws -> Verdict {
    let renderer = DiagnosticRenderer(file: claim.name, source: [])
    let fault = Diagnostic(code, message, at: nil)
    return .rejected(
      text: renderer.text([fault], verdict: "not queued"), json: try renderer.json([fault]),
      errors: 1)
  }

  /// Leaves a claim alone for a while, longer each time; says why when that is news.
  private func wait(_ entry: Entry, _ reason: String, at now: ContinuousClock.Instant) {
    let seconds = min(60, patienceSeconds * Double(1 << min(entry.passes, 6)))
    entry.passes += 1
    entry.notBefore = now + .bounded(seconds: seconds)
    if entry.reason != reason {
      log.write("\(reason); trying again in \(Watchdog.seconds(seconds))", level: .warning)
    }
    entry.reason = reason
  }
}

extension JobFolder {
  /// Who wants a claim to be given up.
  var planningWish: String { "\(path)/cancelled-by.txt" }
}
