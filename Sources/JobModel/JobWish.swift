/// What a person has asked of a job and has not taken effect yet; the journal keeps it till then.
package enum JobWish: Codable, Hashable, Sendable {
  case cancel(by: String)
  case pause(by: String)
  /// Another try of an ended job; kept until all its shards are queued again.
  case retry(failedOnly: Bool, by: String)
}
