import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
package import JobModel
import WorkerLink

/// What became of an attempt whose worker is gone.
package enum AttemptEnding: Hashable, Sendable {
  case published(ShardReport)
  case failed(AttemptFailure)
}

/// Finds out what became of an attempt: from the shard's report, from what the worker wrote before it left,
/// else from how it ended and what its page shows.
package struct AttemptInquest {
  private let folder: JobFolder
  private let plan: JobPlan

  package init(folder: JobFolder, plan: JobPlan) {
    self.folder = folder
    self.plan = plan
  }

  /// Looks into an attempt whose process is cleared.
  package func ending(of attempt: Attempt) -> AttemptEnding {
    let key = attempt.key
    if let report = Self.summary(folder, shard: key.shard) { return .published(report) }
    if let reason = attempt.stopReason, attempt.verdict == nil {
      return .failed(interruption(reason))
    }
    let written = attempt.verdict == nil ? Self.written(folder, key) : nil
    var failure = attempt.verdict ?? written ?? death(of: attempt)
    // A worker that could still speak knows better than its page whose fault it was.
    if written == nil { locate(&failure, attempt) }
    complete(&failure, attempt)
    return .failed(failure)
  }

  /// The report of a published shard, or nil when it is not published.
  package static func report(_ folder: JobFolder, shard: Int) -> ShardReport? {
    guard let data = try? Data(contentsOf: URL(filePath: folder.done(shard: shard))) else {
      return nil
    }
    return try? JSONDecoder().decode(ShardReport.self, from: data)
  }

  /// The same without its files where that can be had: their list may be as long as the job has items.
  package static func summary(_ folder: JobFolder, shard: Int) -> ShardReport? {
    guard Files.exists(folder.done(shard: shard)) else { return nil }
    if let bytes = SmallFile.bytes(folder.summary(shard: shard)),
      let summary = try? JSONDecoder().decode(ShardReport.self, from: Data(bytes)),
      summary.shard == shard
    {
      return summary
    }
    return report(folder, shard: shard)
  }

  private func interruption(_ reason: StopReason) -> AttemptFailure {
    switch reason {
    case .job: AttemptFailure(kind: .cancelled, message: "was asked to stop")
    case .shutdown: AttemptFailure(kind: .interrupted, message: "the daemon went down")
    }
  }

  /// What the worker itself said, or nil when it said nothing.
  package static func written(_ folder: JobFolder, _ key: Attempt.Key) -> AttemptFailure? {
    let path = folder.failure(shard: key.shard, attempt: key.number)
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    return try? JSONDecoder().decode(AttemptFailure.self, from: data)
  }

  private func death(of attempt: Attempt) -> AttemptFailure {
    let path = folder.standardError(shard: attempt.key.shard, attempt: attempt.key.number)
    let talk = SmallFile.tail(path, limit: 64 << 10)
    let stack = BacktraceText.functions(in: BacktraceText.report(in: talk))
    if let message = memory(attempt, talk)?.sentence {
      let signal = attempt.process.ending?.exit.signalName
      return AttemptFailure(kind: .noMemory, signal: signal, message: message, stack: stack)
    }
    switch attempt.process.ending?.exit {
    case .signal(let number):
      let name = WorkerExit.signal(number).signalName
      return AttemptFailure(
        kind: .crashed, signal: name,
        message: "the worker was ended by \(name ?? "a signal")\(words(talk))", stack: stack)
    case .code(let code):
      return AttemptFailure(
        kind: .crashed,
        message: "the worker left with exit code \(code) before it was done\(words(talk))",
        stack: stack)
    case nil:
      return AttemptFailure(kind: .crashed, message: "the worker is gone")
    }
  }

  /// What the worker said last, as the end of a sentence.
  private func words(_ talk: String) -> String {
    LastWords.of(talk).map { "; its last words: \($0)" } ?? ""
  }

  private func memory(_ attempt: Attempt, _ talk: String) -> MemoryDeath? {
    attempt.process.ending.map { ending in
      MemoryDeath(
        exit: ending.exit, talk: talk, peakBytes: ending.peakBytes,
        mappedBytes: attempt.process.mappedBytes,
        isSystemShort: ProcessTable.memoryKills > attempt.process.memoryKillsBefore,
        limitBytes: plan.limits.memoryBytes,
        addressAfterRefusal: attempt.flight.snapshot().crash?.addressAfterRefusal)
    }
  }

  /// Fills in stage and item from the page that the worker kept.
  private func locate(_ failure: inout AttemptFailure, _ attempt: Attempt) {
    let page = attempt.lastSeen ?? attempt.flight.snapshot()
    guard let at = page.culprit, plan.stages.indices.contains(at.stageIndex) else { return }
    failure.stage = plan.stages[at.stageIndex].name
    failure.item = at.itemNumber
  }

  /// Fills in what follows from stage and item, and the stack of a worker that hung.
  private func complete(_ failure: inout AttemptFailure, _ attempt: Attempt) {
    if let item = failure.item, failure.itemID == nil {
      failure.itemID = ItemLookup.id(of: item, in: folder)
    }
    if failure.plugin == nil, let stage = plan.stages.first(where: { $0.name == failure.stage }) {
      let name = stage.plugin.path.split(separator: "/").last.map(String.init) ?? stage.plugin.path
      failure.plugin = "\(name) \(stage.plugin.sha256)"
    }
    if attempt.verdict?.kind == .stalled, failure.stack.isEmpty {
      let path = folder.standardError(shard: attempt.key.shard, attempt: attempt.key.number)
      failure.stack = BacktraceText.functions(
        in: BacktraceText.report(in: SmallFile.tail(path, limit: 64 << 10)))
    }
  }
}
