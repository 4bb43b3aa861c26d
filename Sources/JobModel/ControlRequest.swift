/// What a person asks of a job that exists; a JSON file handed in through the spool's `control/` folder.
package struct ControlRequest: Codable, Hashable, Sendable {
  package enum Action: Codable, Hashable, Sendable {
    case cancel
    /// Stops its workers now and starts no more.
    case pause
    case resume
    /// Runs again what failed; `failedOnly` keeps the items that were done.
    case retry(failedOnly: Bool)
    case setPriority(Int)
  }

  package var job: JobID
  package var action: Action
  /// Who asked, for the event log.
  package var requester: String

  package init(job: JobID, action: Action, requester: String) {
    self.job = job
    self.action = action
    self.requester = requester
  }
}
