import GRDB
package import JobModel

/// Why the journal can't do what was asked.
package enum JournalError: Error, Hashable, CustomStringConvertible {
  case missing(path: String)
  case newerSchema(path: String, known: [String])
  case damaged(path: String, reason: String)
  case unreadable(path: String, reason: String)
  case unknownJob(String, nearest: String?)
  case ambiguousJob(String, candidates: [String])
  case jobIsGone(JobID)

  package var description: String {
    switch self {
    case .missing(let path):
      """
      there is no spool at '\(path)'; start latticed with it, or name another with --spool or $LATTICE_SPOOL
      """
    case .newerSchema(let path, let known):
      """
      the journal '\(path)' was written by a newer Lattice (this one knows up to \
      '\(known.last ?? "nothing")'); use the newer one
      """
    case .damaged(let path, let reason):
      """
      the journal '\(path)' is damaged (\(reason)); stop latticed, then 'lattice doctor --repair' rebuilds it from the \
      jobs' folders
      """
    case .unreadable(let path, let reason): "can't read the journal '\(path)': \(reason)"
    case .unknownJob(let name, let nearest):
      "there is no job '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; 'lattice ps --all' lists all jobs")
    case .ambiguousJob(let name, let candidates):
      "'\(name)' could be \(candidates.joined(separator: ", ")); write more of the id"
    case .jobIsGone(let id): "the job \(id) is not in the journal"
    }
  }
}

extension JournalError {
  /// What an error of the database means; nil for one that is not about the file as a whole.
  init?(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError,
      [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    else { return nil }
    self = .damaged(path: path, reason: error.message ?? "\(error.resultCode)")
  }
}
