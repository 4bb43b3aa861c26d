import DurableFiles
import FoundationEssentials
import JobModel

/// What a clerk needs to know to write what remains of a job.
struct FinishingOrder: Codable, Sendable {
  /// How the job ends.
  enum Ending: Codable, Hashable, Sendable {
    /// As its shards have turned out.
    case judged
    /// Somebody has decided, with a sentence.
    case given(JobEvent, String)
  }

  var id: JobID
  var name: String
  var state: JobState
  var submittedMilliseconds: Int
  var startedMilliseconds: Int?
  var ending: Ending
  var failedAttempts: [JobResult.FailedAttempt]
}

/// How a job has ended.
struct FinishingOutcome: Codable, Hashable, Sendable {
  var event: JobEvent
  var message: String?
  /// What could not be written and is no reason to fail.
  var complaints: [String]
}

extension JobFolder {
  var finishingOrder: String { "\(path)/finishing.json" }
  var finishingOutcome: String { "\(path)/finished.json" }
  /// The result until the job is recorded as ended.
  var newResult: String { "\(path)/result.json.new" }
}

/// Sums up a job that has ended: its totals, its result, its report.
struct FinishingClerk {
  let folder: JobFolder

  func finish() throws {
    let order = try ClerkFile.read(FinishingOrder.self, from: folder.finishingOrder)
    let (outcome, _) = try Self.finish(order, folder: folder)
    try ClerkFile.write(outcome, to: folder.finishingOutcome)
  }

  /// The same in this process.
  static func finish(
    _ order: FinishingOrder, folder: JobFolder
  ) throws -> (outcome: FinishingOutcome, result: JobResult) {
    let plan = try? JobPlanFile.read(folder)
    TemporaryFiles.sweep(job: order.id, folder: folder, plan: plan)
    let totals = plan.map { JobFinisher.totals(folder: folder, plan: $0) } ?? JobTotals()
    var outcome: FinishingOutcome
    switch order.ending {
    case .given(let event, let message):
      outcome = FinishingOutcome(event: event, message: message, complaints: [])
    case .judged:
      let verdict = JobVerdict.judge(
        totals, items: plan?.items.count ?? 0, allowance: plan?.failureAllowance ?? .count(0))
      outcome = FinishingOutcome(event: verdict.event, message: verdict.message, complaints: [])
    }
    var state = order.state
    try state.apply(outcome.event)
    let job = SupervisedJob(
      id: order.id, name: order.name, folder: folder, sequence: 0,
      submittedMilliseconds: order.submittedMilliseconds, priority: 0, state: order.state,
      startedMilliseconds: order.startedMilliseconds, threads: 1)
    let result = try JobFinisher.finish(
      job: job, plan: plan, totals: totals, ending: (state, outcome.message),
      failedAttempts: order.failedAttempts, resultPath: folder.newResult
    ) { outcome.complaints.append($0) }
    return (outcome, result)
  }
}
