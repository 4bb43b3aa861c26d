import DurableFiles
import FileNames
import Glibc
package import JobModel
import Journal
package import PipelineSpec
import Planning
import StageCatalog

/// Runs one spec to its end in this process, over a spool of its own, without a daemon.
///
/// A run that was interrupted goes on where it stopped when the same spec is run over the same spool again.
package final class ForegroundRun {
  /// How it went.
  package enum Outcome: Sendable {
    /// The spec has faults; nothing ran.
    case rejected([Diagnostic])
    case ended(JobResult)
    /// A signal came; the same run later goes on from here.
    case interrupted
  }

  /// Where things are and how much may be used.
  package struct Place: Sendable {
    /// The private spool.
    package var spool: SpoolFolder
    /// Absolute folder that relative paths of the spec are resolved against.
    package var base: String
    /// Absolute folder of results when the spec names none; nil for the job's own.
    package var output: String?
    /// Folders of models, searched in this order.
    package var models: [String]
    /// Folder that a model which the run makes is published in.
    package var publishedModels: String
    package var slots: Int
    /// Searched for plugins before the usual folders.
    package var pluginFolders: [String] = []
    package var diskReserveBytes = 64 << 20

    package init(spool: SpoolFolder, base: String, slots: Int) {
      self.spool = spool
      self.base = base
      self.slots = slots
      models = ModelFolders.searchPath(spool: spool)
      publishedModels = spool.models
    }
  }

  /// Where an interrupted run of the same spec has left results, if this one begins anew elsewhere.
  package private(set) var abandonedOutput: String?
  private let place: Place
  private let spool: OpenSpool
  private let ledger: Ledger
  private let reader: SpecReader
  private let supervisor: Supervisor

  /// Takes the spool.
  ///
  /// - Throws: What keeps it from starting, as a sentence.
  package init(_ place: Place) throws {
    self.place = place
    spool = try OpenSpool.open(place.spool)
    Adoption.begin()
    DigestStore(path: place.spool.kept).sweep()
    let worker = PluginFolders.worker
    guard access(worker, X_OK) == 0 else { throw NoWorkerError(path: worker) }
    _ = try JournalRepair.adoptIfMissing(place.spool)
    ledger = Ledger(try Journal(spool: place.spool))
    reader = SpecReader(
      worker: worker,
      folders: PluginFolders.searchPath(named: place.pluginFolders, spool: place.spool),
      cacheFolder: UserCache.folder ?? place.spool.cache)
    let settings = Supervisor.Settings(
      slots: place.slots, diskReserveBytes: place.diskReserveBytes, workerExecutable: worker)
    let log = DaemonLog(
      format: .text, path: "\(place.spool.path)/latticed.log", printsToStandardError: false)
    supervisor = Supervisor(settings: settings, spool: place.spool, ledger: ledger, log: log)
  }

  /// Runs a spec.
  ///
  /// - Parameters:
  ///   - bytes: The spec.
  ///   - signals: SIGTERM or SIGINT stop the run; nil leaves them as they are.
  ///   - onPlan: Told the job's id, its plan and warnings before the first worker starts.
  ///   - onProgress: Told several times a second how far it is.
  /// - Returns: How it went.
  /// - Throws: ``FileError`` and the like when files can't be written.
  package func run(
    _ bytes: [UInt8], signals: StopSignals? = nil,
    onPlan: (JobID, JobPlan, [Diagnostic]) -> Void = { _, _, _ in },
    onProgress: (JobProgress) -> Void = { _ in }
  ) throws -> Outcome {
    let id: JobID
    if let unfinished = try unfinishedJob(of: bytes) {
      id = unfinished
      onPlan(id, try JobPlanFile.read(place.spool.job(id)), [])
    } else {
      // Planning takes as long as the input makes it, and ends with the process when a signal comes.
      let prepared = try signals?.lettingThrough { try prepare(bytes) } ?? prepare(bytes)
      let (plan, warnings): (JobPlan, [Diagnostic])
      switch prepared.outcome {
      case .faulty(let faults): return .rejected(faults)
      case .planned(let made, _, let notes): (plan, warnings) = (made, notes)
      }
      id = prepared.id
      let folder = place.spool.job(id)
      try Files.rename(place.spool.claim(id).path, folder.path)
      supervisor.admit(try ledger.insert(id, plan: plan, folder: folder, isHeld: false))
      onPlan(id, plan, warnings)
    }
    return try follow(id, signals, onProgress)
  }

  private func follow(
    _ id: JobID, _ signals: StopSignals?, _ onProgress: (JobProgress) -> Void
  ) throws -> Outcome {
    var result: JobResult?
    supervisor.onEnd = { if $0.id == id { result = $0 } }
    defer { supervisor.onEnd = nil }
    while true {
      let now = ContinuousClock.now
      while let signal = signals?.next() {
        guard signal == .stop else { continue }
        // Whoever asks twice does not wait for the workers, which end with this process.
        if supervisor.isStopping { return .interrupted }
        supervisor.stop(at: now)
      }
      supervisor.tick(at: now)
      if let progress = supervisor.progress(of: id) { onProgress(progress) }
      if let result {
        // Nobody can retry it.
        try? Files.removeTree(place.spool.job(id).kept)
        return .ended(result)
      }
      if supervisor.isStopping, supervisor.attempts.isEmpty {
        supervisor.recordInterruption()
        return .interrupted
      }
      let times = [supervisor.deadline, now + .milliseconds(250)].compactMap(\.self)
      let descriptors = supervisor.descriptors + [signals?.descriptor].compactMap(\.self)
      Poller.wait(for: descriptors, until: times.min())
    }
  }

  /// A job of the same spec with the same folder of results that was interrupted, taken up again.
  ///
  /// One that has published nothing yet is taken to another folder; else the results would be in two, and the run begins
  /// anew. The interrupted one goes on when it is run with its own folder again.
  private func unfinishedJob(of bytes: [UInt8]) throws -> JobID? {
    let same = try ledger.openJobs(in: place.spool).map(\.job).filter {
      (try? Files.read($0.folder.spec)) == bytes
    }
    guard let known = try same.first(where: goesHere) ?? same.first(where: moveHere) else {
      abandonedOutput = try same.last.map { try JobPlanFile.read($0.folder).output.directory }
      return nil
    }
    try supervisor.recover()
    for other in supervisor.jobs.keys where other != known.id { supervisor.forget(other) }
    if let job = supervisor.jobs[known.id], job.state == .paused {
      supervisor.resume(job, message: "run again", at: .now)
    }
    return known.id
  }

  /// Where results of a job go now; nil where its spec says so or they stay in its own folder.
  private func output(of job: SupervisedJob) -> String? {
    let bytes = (try? Files.read(job.folder.spec)) ?? []
    return PipelineSpec.parse(bytes).spec?.output?.directory == nil ? place.output : nil
  }

  private func goesHere(_ job: SupervisedJob) throws -> Bool {
    let wanted = output(of: job)
    guard let wanted else { return true }
    return FileName(try JobPlanFile.read(job.folder).output.directory) == FileName(wanted)
  }

  private func moveHere(_ job: SupervisedJob) throws -> Bool {
    guard let wanted = output(of: job) else { return false }
    var plan = try JobPlanFile.read(job.folder)
    let isUntouched = (0..<plan.shardCount).allSatisfy { !Files.exists(job.folder.done(shard: $0)) }
    guard isUntouched else { return false }
    plan.output.directory = wanted
    plan.output = try OutputAnchoring.anchored(plan.output, allowed: nil)
    try JobPlanFile.write(plan, to: job.folder)
    return true
  }

  private func prepare(_ bytes: [UInt8]) throws -> (id: JobID, outcome: SpecReader.Outcome) {
    var generator = SystemRandomNumberGenerator()
    let id = JobID(at: WallClock.milliseconds / 1000, using: &generator)
    // What an interrupted planning left.
    for name in try Files.names(in: place.spool.jobs) where name.hasPrefix(".new-") {
      try Files.removeTree("\(place.spool.jobs)/\(name)")
    }
    let folder = place.spool.claim(id)
    try Files.makeDirectory(folder.path)
    try AtomicFile.write(bytes, to: folder.spec)
    let surroundings = PlanSurroundings(
      base: place.base, defaultOutput: place.output ?? place.spool.job(id).outputs,
      allowedOutputs: nil,
      models: place.models, publishedModels: place.publishedModels, processors: place.slots,
      itemsPath: nil,
      jobID: id.text)
    let outcome = try reader.read(bytes, into: folder, surroundings: surroundings)
    if case .faulty = outcome { try Files.removeTree(folder.path) }
    return (id, outcome)
  }
}
