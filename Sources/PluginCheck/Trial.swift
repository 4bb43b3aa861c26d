import FileNames
import JobModel

/// One way to run a stage from `create` to `destroy`.
struct Trial: Sendable {
  /// What lies where inputs are.
  enum InputMemory: Sendable {
    /// As the host makes them.
    case plain
    /// Read-only.
    case sealed
    /// Against a guard page.
    case guarded
    /// One element off any larger alignment.
    case unaligned
  }

  var parameters: JSONValue
  var sizes: SampleSizes
  var items: SampleItems
  /// Numbers of the items of each batch.
  var batches = [[0, 1], [2]]
  var hasOptionalInputs = true
  /// Which of the types of its inputs are taken; counts from the start again.
  var typeChoice = 0
  var values = SampleValues.ordinary
  var seed: UInt64 = 0
  var inputMemory = InputMemory.plain
  var guardsOutputs = false
  var threads = 2
  var memoryLimit = 512 << 20
  var models: [String: String] = [:]
  /// Seconds after which the job is cancelled.
  var cancelAfter: Double?
  /// Batches are processed on this many threads at once.
  var callers = 1
}

/// What came of a trial.
struct TrialResult: Sendable {
  /// A call that failed, and how.
  struct Failure: Sendable {
    var call: String
    var failure: StageFailureText
  }

  /// A status with its sentence, as the host got them.
  struct StageFailureText: Hashable, Sendable {
    var code: Int32
    var name: String
    var message: String
  }

  var failure: Failure?
  /// By item number.
  var itemFailures: [Int: StageFailureText] = [:]
  /// By port and item number, the bytes of an output's row.
  var rows: [String: [Int: [UInt8]]] = [:]
  /// By item number, what the stage said of it.
  var metadata: [Int: String] = [:]
  /// By name, the bytes of output files.
  var files: [FileName: [UInt8]] = [:]
  /// By name, the bytes of what save_state wrote.
  var state: [FileName: [UInt8]] = [:]
  /// Promises about outputs that were broken.
  var broken: [String] = []
  /// Damage that guards found.
  var damage: [String] = []
  /// Seconds of the longest call.
  var longestCall = 0.0
  /// The most bytes the host had given out.
  var highestBytes = 0

  /// True when every item went through.
  var isClean: Bool { failure == nil && itemFailures.isEmpty }

  /// The first thing that went wrong, as a sentence.
  var trouble: String? {
    if let failure { return "\(failure.call): \(failure.failure.message)" }
    return itemFailures.min { $0.key < $1.key }.map { "item \($0.key): \($0.value.message)" }
  }
}
