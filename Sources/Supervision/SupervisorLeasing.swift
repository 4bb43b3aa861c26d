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
    let plan: JobPlan
    do {
      plan = try JobPlanFile.read(job.folder)
    } catch {
      job.intend(.fail("its plan can't be read: \(error)"))
      return false
    }
    return attemptStep(job, "read its shards", at: now) {
      job.work = try ledger.work(of: job.id, plan: plan)
    }
  }

  private func lease(_ shard: Int, of job: SupervisedJob, at now: ContinuousClock.Instant) -> Bool {
    guard var work = job.work else { return false }
    let folders = [job.folder.path, work.plan.output.directory]
    if let need = DiskNeed.missing(
      in: folders, reserve: settings.diskReserveBytes, freeBytes: settings.freeBytes)
    {
      job.intend(.pause(reason: need.sentence, needs: need))
      stopAttempts(of: job, at: now)
      settle(at: now)
      return false
    }
    let key = Attempt.Key(job: job.id, shard: shard, number: work.board.nextAttempt(of: shard))
    return attemptStep(job, "start a worker", at: now) {
      let flight = try prepare(key, job)
      job.state = try ledger.lease(key)
      work.board.lease(shard)
      job.work = work
      DurableBoundary.reached("supervisor.leased")
      if job.startedMilliseconds == nil { job.startedMilliseconds = WallClock.milliseconds }
      start(key, job, work, flight, at: now)
    }
  }

  /// Makes what the attempt's worker finds.
  private func prepare(_ key: Attempt.Key, _ job: SupervisedJob) throws -> FlightRecorder {
    try Files.makeDirectory(job.folder.shards)
    try Files.makeDirectory(job.folder.logs(shard: key.shard, attempt: key.number))
    return try FlightRecorder.create(
      at: job.folder.flightRecorder(shard: key.shard, attempt: key.number))
  }

  private func start(
    _ key: Attempt.Key, _ job: SupervisedJob, _ work: JobWork, _ flight: FlightRecorder,
    at now: ContinuousClock.Instant
  ) {
    let oneByOne = work.history.shards[key.shard]?.runsOneByOne ?? false
    do throws(WorkerStartError) {
      let process = try WorkerProcess.start(launch(key, job, work.plan, oneByOne))
      attempts.append(
        Attempt(
          key: key, isOneByOne: oneByOne,
          slots: ShardScheduler.slotsTaken(by: job.threads, of: settings.slots),
          limits: work.plan.limits, process: process, flight: flight,
          patience: (.seconds(settings.graceSeconds), .seconds(settings.insistSeconds)), now: now))
      noteWorker(process, key)
    } catch {
      let kind: AttemptFailure.Kind = error.isPassing ? .transient : .config
      failedStarts.append((key, AttemptFailure(kind: kind, message: error.description)))
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
