package import FileNames
package import JobModel

/// What a stage asks of whoever runs it; called from any thread.
package protocol StageServices: AnyObject, Sendable {
  func log(_ level: LogLine.Level, _ message: String, fields: JSONValue?)
  func progress(done: Int, total: Int, unit: String)
  var isCancelled: Bool { get }
  var temporaryDirectory: String { get }
  func model(_ slot: String) -> PlannedModel?
  var threadBudget: Int { get }
  /// Covers `0..<count` by ranges of at least `grain`, on the budget's threads, and waits for all.
  func parallelFor(_ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void)
  var account: MemoryAccount { get }
  /// True when memory of stages lies between pages that can't be touched, so that harm is found where it is done.
  var guardsMemory: Bool { get }
  /// A call left something changed that all stages share; it has been put back.
  ///
  /// - Parameters:
  ///   - changes: What was changed.
  ///   - call: `process`, or the name of another function of the stage.
  ///   - isCertain: False when other calls were under way, one of which may have done it.
  func changed(_ changes: AmbientChanges, in call: String, isCertain: Bool)
  /// Makes a zeroed tensor for an output port; nil when there is no memory.
  func output(_ port: String, _ type: ElementType, _ shape: [Int]) -> HostTensor?
  /// A path that opens the item's file and is UTF-8, as the ABI promises; nil for an item without a file.
  func openablePath(of item: Item) -> FileName?
  /// This thread works on `item` from now on.
  func begin(_ item: Item)
  /// Reserves an output file and gives the path to create.
  func outputFile(
    item: Item?, name: String, existing: OutputPolicy.Existing?, role: OutputFile.Role
  ) throws(StageFailure) -> String
  /// What only a task may ask for; nil for other stages.
  var task: (any TaskServices)? { get }
}

/// What a task asks of whoever runs it, besides ``StageServices``; called from any thread.
package protocol TaskServices: AnyObject, Sendable {
  /// Absolute folder that outlives the attempt.
  var stateDirectory: String { get }
  /// Absolute folder whose content is published as a model when the task has ended well; nil when no model is asked for.
  var modelDirectory: String? { get }
  var checkpoints: CheckpointPolicy { get }
  /// The same on every attempt and machine.
  var seed: UInt64 { get }
  /// Notes numbers that were measured at a step.
  func report(step: Int, metrics: [String: JSONValue]) throws(StageFailure)
  var itemCount: Int { get }
  /// Calls `body` with each item of the job in order, until it returns false.
  func forEachItem(_ body: (Item) -> Bool) throws(StageFailure)
}

extension StageServices {
  package func openablePath(of item: Item) -> FileName? { item.path }
  package var guardsMemory: Bool { false }

  package func output(_ port: String, _ type: ElementType, _ shape: [Int]) -> HostTensor? {
    HostTensor(type, shape, account: account)
  }

  package func changed(_ changes: AmbientChanges, in call: String, isCertain: Bool) {
    for name in changes.names {
      let who = isCertain ? "'\(call)'" : "this stage or one beside it"
      log(.warning, "\(who) changed \(name), which all stages share; it was put back", fields: nil)
    }
  }
}

/// A status of the ABI with its sentence.
package struct StageFailure: Error, Hashable, CustomStringConvertible {
  /// Codes of the ABI, and two of the host's own, which never cross.
  package enum Code: Int32, Hashable, Sendable {
    /// The call left memory or the process damaged: nothing that runs in it can be trusted any more.
    case damage = -1
    /// The same, by this call or by one that was under way beside it.
    case sharedDamage = -2
    case config = 1
    case input = 2
    case transient = 3
    case noMemory = 4
    case noSpace = 5
    case cancelled = 6
    case `internal` = 7
    case unsupported = 8
    case notFound = 9

    /// Takes a status of the ABI; unknown numbers are taken for `other`.
    package init(status: Int32, else other: Code = .internal) {
      let code = status > 0 ? Code(rawValue: status) : nil
      self = code ?? other
    }

    /// True when an item that gets it by itself fails, and the others go on.
    ///
    /// A stage's own fault is among them: one that shows with some items only must not cost the others.
    package var blamesItem: Bool { self == .input || self == .notFound || self == .internal }
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
