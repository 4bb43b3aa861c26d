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

  package func output(_ port: String, _ type: ElementType, _ shape: [Int]) -> HostTensor? {
    HostTensor(type, shape, account: account)
  }
}

/// A status of the ABI with its sentence.
package struct StageFailure: Error, Hashable, CustomStringConvertible {
  /// Codes of the ABI; unknown numbers are taken for `internal`.
  package enum Code: Int32, Hashable, Sendable {
    case config = 1
    case input = 2
    case transient = 3
    case noMemory = 4
    case noSpace = 5
    case cancelled = 6
    case `internal` = 7
    case unsupported = 8
    case notFound = 9

    /// True when one item is to blame and the others can go on.
    package var blamesItem: Bool { self == .input || self == .notFound }
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
