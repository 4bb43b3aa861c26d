/// What a person has asked of a job that takes effect once none of its workers is alive; the journal keeps it till then.
package enum JobWish: Codable, Hashable, Sendable {
  case cancel(by: String)
  case pause(by: String)
}
