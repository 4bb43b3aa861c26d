import DurableFiles
import Glibc
package import JobModel
import Journal

/// Makes a lost or damaged journal again from the jobs' folders.
package enum JournalRepair {
  /// What was done, and what could not be.
  package struct Report: Codable, Hashable, Sendable {
    /// Jobs that were taken in.
    package var ended = 0
    package var queued = 0
    package var paused = 0
    /// Where the damaged journal is kept; nil when there was none.
    package var keptAs: String?
    /// Sentences about what can't be known any more.
    package var lost: [String] = []

    package var count: Int { ended + queued + paused }

    /// For people: "3 jobs from their folders: 2 ended, 1 queued again, 0 paused".
    package var summary: String {
      "\(count) \(count == 1 ? "job from its folder" : "jobs from their folders"): "
        + "\(ended) ended, \(queued) queued again, \(paused) paused"
    }
  }

  /// Repairs the journal of a spool that no daemon serves.
  ///
  /// One that is whole only gets the jobs it does not know; a damaged one is set aside and made anew.
  ///
  /// - Returns: What was done; nil when there was nothing to do.
  /// - Throws: ``SpoolError`` when a daemon serves the spool; `FileError` and the like when files can't be written.
  package static func run(_ spool: SpoolFolder) throws -> Report? {
    let open = try OpenSpool.open(spool)
    defer { withExtendedLifetime(open) {} }
    if let report = try adoptIfMissing(spool) { return report }
    guard isWhole(spool) else { return try rebuild(spool) }
    let journal = try Journal(spool: spool)
    let unknown = try JobFinder.ids(in: spool).filter { try journal.reader.job($0) == nil }
    guard !unknown.isEmpty else { return nil }
    var report = Report()
    let found = find(unknown, JobFinder(spool), &report)
    try journal.adopt(found, at: WallClock.milliseconds)
    report.lost.append("what happened to these jobs before")
    return report
  }

  /// Makes a journal where there is none but jobs are; the caller has the spool's lock.
  ///
  /// - Returns: What was done; nil when the journal is there or there are no jobs.
  package static func adoptIfMissing(_ spool: SpoolFolder) throws -> Report? {
    if let status = Files.status(spool.database, followingLinks: true), status.size > 0 {
      return nil
    }
    guard try !JobFinder.ids(in: spool).isEmpty else { return nil }
    return try rebuild(spool)
  }

  private static func isWhole(_ spool: SpoolFolder) -> Bool {
    do {
      return try JournalReader(spool: spool).damage().isEmpty
    } catch JournalError.damaged {
      return false
    } catch {
      // Whatever else it is, a rebuilt journal would not be better.
      return true
    }
  }

  private static func rebuild(_ spool: SpoolFolder) throws -> Report {
    var report = Report()
    let ids = try JobFinder.ids(in: spool)
    try waitForWorkers(of: ids, in: spool)
    let old = try? JournalReader(spool: spool)
    let rows = remembered(ids, old)
    let found = find(ids, JobFinder(spool) { rows[$0] }, &report)
    let made = "\(spool.database).rebuilt"
    for ending in ["", "-wal", "-shm", "-journal"] { try Files.removeTree(made + ending) }
    try Journal.make(at: made, of: found, at: WallClock.milliseconds)
    report.keptAs = try setAside(spool)
    try Files.rename(made, spool.database)
    try AtomicFile.syncDirectory(spool.path)
    let open = found.filter { !$0.state.isFinal && rows[$0.job.id] == nil }.count
    report.lost.append("events and times of earlier attempts")
    if open > 0 {
      report.lost.append(
        "whether \(open) \(open == 1 ? "job" : "jobs") that had not ended had been paused, cancelled or given "
          + "another priority")
    }
    return report
  }

  /// What the damaged journal still tells, job by job: a page that can't be read costs only the jobs on it.
  private static func remembered(_ ids: [JobID], _ reader: JournalReader?) -> [JobID: JobRow] {
    guard let reader else { return [:] }
    var rows: [JobID: JobRow] = [:]
    for id in ids { rows[id] = (try? reader.job(id)) ?? nil }
    return rows
  }

  private static func find(
    _ ids: [JobID], _ finder: JobFinder, _ report: inout Report
  ) -> [FoundJob] {
    var jobs: [FoundJob] = []
    for id in ids {
      do {
        let job = try finder.job(id)
        jobs.append(job)
        switch job.state {
        case .paused: report.paused += 1
        case .queued, .running: report.queued += 1
        case .succeeded, .partial, .failed, .cancelled: report.ended += 1
        }
      } catch {
        report.lost.append("the job \(id), whose folder has no plan that can be read: \(error)")
      }
    }
    return jobs
  }

  /// Renames the journal and SQLite's files beside it.
  private static func setAside(_ spool: SpoolFolder) throws -> String? {
    let time = CivilTime(secondsSince1970: WallClock.milliseconds / 1000)
    let kept = "\(spool.database).damaged-\(time.compactDate)-\(time.compactTime)"
    var isThere = false
    for ending in ["-wal", "-shm", "-journal", ""] where Files.exists(spool.database + ending) {
      try Files.rename(spool.database + ending, kept + ending)
      isThere = ending.isEmpty
    }
    try AtomicFile.syncDirectory(spool.path)
    return isThere ? kept : nil
  }

  /// Workers of a daemon that is gone leave by themselves; which they were, only the journal knew.
  private static func waitForWorkers(of ids: [JobID], in spool: SpoolFolder) throws {
    let end = ContinuousClock.now + .seconds(10)
    for id in ids where !Files.exists(spool.job(id).result) {
      let folder = spool.job(id).shards
      // What can't be looked at is told when its job is taken up.
      for name in (try? Files.names(in: folder)) ?? [] where name.hasSuffix(".lock") {
        let lock = "\(folder)/\(name)"
        while FileLock.isHeld(lock) {
          guard ContinuousClock.now < end else {
            throw OrphanError(pid: FileLock.holder(of: lock) ?? 0, job: id)
          }
          usleep(20_000)
        }
      }
    }
  }
}
