import DurableFiles
import JobModel
import Journal

/// Removes ended jobs: first from the journal, which alone says whether one may go, then from the disk.
struct JobRemoval {
  private let spool: SpoolFolder
  private let journal: Journal

  init(_ spool: SpoolFolder, _ journal: Journal) {
    self.spool = spool
    self.journal = journal
  }

  /// Removes a job.
  ///
  /// - Returns: False when it is not there or had not ended by then; nothing is touched in that case.
  func remove(_ job: JobID, endedBefore milliseconds: Int) throws -> Bool {
    let isRemoved = try journal.delete(job, endedBefore: milliseconds) {
      DurableBoundary.reached("gc.removed-part")
    }
    guard isRemoved else { return false }
    try removeFolder(job)
    return true
  }

  /// Finishes removals that were interrupted: folders that were renamed away, and those of jobs that ended before and
  /// are not in the journal any more.
  func sweep(endedBefore milliseconds: Int) throws {
    try journal.finishRemovals()
    for name in try Files.names(in: spool.jobs) {
      if name.hasPrefix(Self.mark) {
        try Files.removeTree("\(spool.jobs)/\(name)")
      } else if let job = JobID(name), let result = Files.status(spool.job(job).result),
        result.mtimeNanoseconds / 1_000_000 < milliseconds, try journal.reader.job(job) == nil
      {
        try removeFolder(job)
      }
    }
  }

  private static let mark = ".removed-"

  private func removeFolder(_ job: JobID) throws {
    let path = spool.job(job).path
    guard Files.exists(path) else { return }
    let doomed = "\(spool.jobs)/\(Self.mark)\(job)"
    try Files.removeTree(doomed)
    try Files.rename(path, doomed)
    try AtomicFile.syncDirectory(spool.jobs)
    try Files.removeTree(doomed)
  }
}
