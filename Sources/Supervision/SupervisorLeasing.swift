import DurableFiles
import Glibc
import JobModel
import WorkerLink

/// Gives shards to workers.
extension Supervisor {
  /// Starts workers as long as there is a shard to run and room for it.
  func leaseWhatFits(at now: ContinuousClock.Instant) {
    var passed: Set<JobID> = []
    while let job = nextJob(except: passed, at: now) {
      guard .now < turnEnd else {
        hasMore = true
        return
      }
      guard load(job, at: now), let shard = job.work?.board.ready(at: now) else {
        if job.work?.board.isFinished == true || job.intention != nil { settle(at: now) }
        passed.insert(job.id)
        continue
      }
      if !lease(shard, of: job, at: now) { passed.insert(job.id) }
    }
  }

  private func nextJob(except passed: Set<JobID>, at now: ContinuousClock.Instant) -> SupervisedJob?
  {
    let free = settings.slots - attempts.reduce(0) { $0 + $1.slots }
    guard free > 0 else { return nil }
    let candidates = jobs.values.lazy.filter { job in
      job.mayRun && !passed.contains(job.id) && !self.isTroubled(job.id, at: now)
        && (job.work?.board.ready(at: now) ?? (job.work == nil ? 0 : nil)) != nil
    }
    .map { job in
      ShardScheduler.Candidate(
        job: job.id, priority: job.priority, threads: job.threads, sequence: job.sequence)
    }
    let next = ShardScheduler.next(among: candidates, freeSlots: free, slots: settings.slots)
    return next.flatMap { jobs[$0.job] }
  }

  /// Reads what running the job takes, if that is not done yet.
  private func load(_ job: SupervisedJob, at now: ContinuousClock.Instant) -> Bool {
    guard job.work == nil else { return true }
    if job.reading == nil {
      do {
        job.reading = JobReading(try JobPlanFile.readOutline(job.folder))
      } catch let error as FileError where !error.isMissing {
        postpone(job, "its plan can't be read: \(error)", at: now)
        return false
      } catch {
        job.intend(.fail("its plan can't be read: \(error)"))
        return false
      }
    }
    attemptStep(job, "read its shards", at: now) {
      while .now < turnEnd, var reading = job.reading {
        // Taken out, so that it is not copied.
        job.reading = nil
        let isWhole = try ledger.read(&reading, of: job.id)
        if isWhole { job.work = reading.work } else { job.reading = reading }
      }
    }
    if job.reading != nil { hasMore = true }
    return job.work != nil
  }

  private func lease(_ shard: Int, of job: SupervisedJob, at now: ContinuousClock.Instant) -> Bool {
    guard let plan = job.work?.plan else { return false }
    let folders = [job.folder.path, plan.output.directory]
    if let need = DiskNeed.missing(
      in: folders, reserve: settings.diskReserveBytes, freeBytes: settings.freeBytes)
    {
      job.intend(.pause(reason: need.sentence, needs: need))
      stopAttempts(of: job, at: now)
      settle(at: now)
      return false
    }
    let number = job.work?.board.nextAttempt(of: shard) ?? 1
    let key = Attempt.Key(job: job.id, shard: shard, number: number)
    return attemptStep(job, "start a worker", at: now) {
      if let report = AttemptInquest.summary(job.folder, shard: shard) {
        return try believe(report, of: job)
      }
      let flight = try prepare(key, job)
      job.state = try ledger.lease(key)
      job.work?.board.lease(shard)
      DurableBoundary.reached("supervisor.leased")
      if job.startedMilliseconds == nil { job.startedMilliseconds = WallClock.milliseconds }
      start(key, job, plan, flight, at: now)
    }
  }

  /// Takes a shard for done that is published though the journal doesn't know it.
  private func believe(_ report: ShardReport, of job: SupervisedJob) throws {
    try ledger.recordDone(report, job: job.id)
    job.work?.board.lease(report.shard)
    job.work?.board.finish(report.shard)
    job.work?.progress.add(report)
    // It may have been the last.
    hasMore = true
    log.write("shard \(report.shard) is published already", job: job.id)
  }

  /// Makes what the attempt's worker finds.
  private func prepare(_ key: Attempt.Key, _ job: SupervisedJob) throws -> FlightRecorder {
    try Files.makeDirectory(job.folder.shards, isDurable: true)
    try Files.makeDirectory(job.folder.logs(shard: key.shard, attempt: key.number))
    return try FlightRecorder.create(
      at: job.folder.flightRecorder(shard: key.shard, attempt: key.number))
  }

  private func start(
    _ key: Attempt.Key, _ job: SupervisedJob, _ plan: JobPlan, _ flight: FlightRecorder,
    at now: ContinuousClock.Instant
  ) {
    let oneByOne = job.work?.history.shards[key.shard]?.runsOneByOne ?? false
    do throws(WorkerStartError) {
      let process = try WorkerProcess.start(launch(key, job, plan, oneByOne))
      startPasses[job.id] = nil
      attempts.append(
        Attempt(
          key: key, isOneByOne: oneByOne,
          slots: ShardScheduler.slotsTaken(by: job.threads, of: settings.slots),
          limits: plan.limits, process: process, flight: flight,
          patience: (.seconds(settings.graceSeconds), .seconds(settings.insistSeconds)), now: now))
      noteWorker(process, key)
    } catch {
      // What the machine lacks for now is nobody's fault, and uses up no attempt.
      let kind: AttemptFailure.Kind = error.isPassing ? .interrupted : .config
      let failure = AttemptFailure(kind: kind, message: error.description)
      failedStarts.append((key, failure, error.isPassing))
      hasMore = true
    }
  }

  /// Writes down which process it is, for whoever finds it after a crash of this daemon.
  private func noteWorker(_ process: WorkerProcess, _ key: Attempt.Key) {
    do {
      try ledger.noteWorker(process, key: key)
    } catch {
      log.write("can't record worker \(process.pid): \(error)", level: .warning, job: key.job)
    }
  }

  private func launch(
    _ key: Attempt.Key, _ job: SupervisedJob, _ plan: JobPlan, _ oneByOne: Bool
  ) -> WorkerLaunch {
    var arguments = ["run", job.folder.path, String(key.shard), "--attempt", String(key.number)]
    if oneByOne { arguments.append("--one-by-one") }
    var environment = WorkerLaunch.environment(threads: plan.limits.threads)
    environment[OrphanWorker.jobVariable] = job.id.text
    return WorkerLaunch(
      executable: settings.workerExecutable, arguments: arguments, environment: environment,
      standardError: job.folder.standardError(shard: key.shard, attempt: key.number))
  }
}
