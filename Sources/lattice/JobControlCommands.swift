import ArgumentParser
import Foundation
import JobModel
import JobQueue
import Journal
import Supervision

/// What `cancel`, `pause`, `resume` and `retry` share: they hand in a request and wait for its effect.
protocol JobControlCommand: ParsableCommand {
  var spool: SpoolOptions { get }
  var jobs: [String] { get }
  var action: ControlRequest.Action { get }
  /// True once the request shows: in the job's state, or in the kinds of events since it was handed in.
  func isDone(_ state: JobState, _ news: Set<String>) -> Bool
  /// What to say then: "cancelled".
  var effect: String { get }
  /// Why the request makes no sense for a job in this state, or nil.
  func refusal(_ state: JobState) -> String?
}

extension JobControlCommand {
  func run() throws {
    let view = try SpoolView(spool.folder)
    for given in jobs {
      var name = given
      if action == .cancel, let spec = WaitingSpecs.find(given, in: spool.folder) {
        if try WaitingSpecs.cancel(spec, in: spool.folder) { continue }
        name = spec.id.text
      }
      let job = try view.find(name)
      if let refusal = refusal(job.state) {
        throw failure("'\(job.name)' (\(job.id)) is \(job.state.rawValue): \(refusal)")
      }
      let request = ControlRequest(job: job.id, action: action, requester: NSUserName())
      let before = try view.lastEvent(of: job.id)
      try ControlFolder.handIn(request, to: spool.folder)
      guard view.daemonIsRunning else {
        say("noted for '\(job.name)' (\(job.id)); it takes effect when latticed runs again")
        continue
      }
      try waitForEffect(on: job, after: before, view)
    }
  }

  private func waitForEffect(on job: JobSummary, after event: Int, _ view: SpoolView) throws {
    for _ in 0..<600 {
      let state = try view.find(job.id.text).state
      let news = try view.events(of: job.id, after: event)
      if isDone(state, Set(news.map(\.kind))) {
        return say("'\(job.name)' (\(job.id)) \(effect)")
      }
      if let refused = news.last(where: { $0.kind == Journal.refusalKind }) {
        throw failure("'\(job.name)' (\(job.id)): \(refused.text)")
      }
      usleep(50_000)
    }
    say("'\(job.name)' (\(job.id)): asked for, not done within 30 s; see lattice show \(job.id)")
    throw Outcome.timedOut.exitCode
  }
}

/// Cancels jobs.
struct CancelCommand: JobControlCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Cancel jobs; returns once nothing of them is alive.",
    discussion: "Example: lattice cancel tokenize")

  @OptionGroup var spool: SpoolOptions
  @Argument(help: "Job ids, their beginnings, or names.") var jobs: [String]

  var action: ControlRequest.Action { .cancel }
  var effect: String { "is cancelled" }
  func isDone(_ state: JobState, _ news: Set<String>) -> Bool { state.isFinal }
  func refusal(_ state: JobState) -> String? { state.isFinal ? "there is nothing to cancel" : nil }
}

/// Pauses jobs.
struct PauseCommand: JobControlCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stop the workers of jobs and start no more of them.",
    discussion: "Example: lattice pause tokenize")

  @OptionGroup var spool: SpoolOptions
  @Argument(help: "Job ids, their beginnings, or names.") var jobs: [String]

  var action: ControlRequest.Action { .pause }
  var effect: String { "is paused" }
  func isDone(_ state: JobState, _ news: Set<String>) -> Bool {
    state == .paused || state.isFinal
  }
  func refusal(_ state: JobState) -> String? { state.isFinal ? "it has ended" : nil }
}

/// Resumes paused jobs.
struct ResumeCommand: JobControlCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let paused or held jobs go on.",
    discussion: "Example: lattice resume tokenize")

  @OptionGroup var spool: SpoolOptions
  @Argument(help: "Job ids, their beginnings, or names.") var jobs: [String]

  var action: ControlRequest.Action { .resume }
  var effect: String { "goes on" }
  func isDone(_ state: JobState, _ news: Set<String>) -> Bool {
    news.contains(JobEvent.resumed.rawValue) || state.isFinal
  }
  func refusal(_ state: JobState) -> String? {
    state == .paused ? nil : "only a paused job can go on"
  }
}

/// Runs again what failed.
struct RetryCommand: JobControlCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Run ended jobs again: what failed, or everything.",
    discussion: """
      Returns once the job is queued again. Results of items that were done before and fail now are removed. With \
      --everything a job that succeeded is run again, too; a task begins anew instead of going on from its \
      checkpoint. Files that 'exists: skip' protects are kept.

      Examples:
        lattice retry tokenize                 what failed, and what was not done
        lattice retry tokenize --everything    all shards, of succeeded jobs, too
      """)

  @OptionGroup var spool: SpoolOptions
  @Argument(help: "Job ids, their beginnings, or names.") var jobs: [String]
  @Flag(help: "Also run again what was done.") var everything = false

  var action: ControlRequest.Action { .retry(failedOnly: !everything) }
  var effect: String { "is queued again" }
  func isDone(_ state: JobState, _ news: Set<String>) -> Bool {
    news.contains(JobEvent.retried.rawValue)
  }
  func refusal(_ state: JobState) -> String? {
    switch state {
    case .failed, .partial, .cancelled: nil
    case .succeeded:
      everything ? nil : "nothing of it failed; --everything runs it again all the same"
    case .queued, .running, .paused: "it has not ended"
    }
  }
}

/// Changes the order of jobs.
struct PriorityCommand: JobControlCommand {
  static let configuration = CommandConfiguration(
    commandName: "priority",
    abstract: "Set the priority of jobs; higher goes first.",
    discussion: "Example: lattice priority 10 tokenize")

  @OptionGroup var spool: SpoolOptions
  @Argument(help: "The new priority, -1000 to 1000.") var priority: Int
  @Argument(help: "Job ids, their beginnings, or names.") var jobs: [String]

  func validate() throws {
    guard (-1000...1000).contains(priority) else {
      throw ValidationError("priority \(priority) is outside -1000...1000")
    }
  }

  var action: ControlRequest.Action { .setPriority(priority) }
  var effect: String { "gets its new priority" }
  func isDone(_ state: JobState, _ news: Set<String>) -> Bool {
    news.contains(Journal.priorityKind) || state.isFinal
  }
  func refusal(_ state: JobState) -> String? { state.isFinal ? "it has ended" : nil }
}
