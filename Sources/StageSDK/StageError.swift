/// Why a stage can't do what it was asked; the code decides whether the host tries again.
public struct StageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the host does about it.
  public enum Code: Int32, Hashable, Sendable {
    /// The parameters can't be met, whatever the item: never retried, the job fails.
    case config = 1
    /// This item's data is bad: the item fails, the others go on.
    case input = 2
    /// It may work later: retried after a pause.
    case transient = 3
    /// Out of memory: retried with half the batch.
    case noMemory = 4
    /// Disk full: the job pauses.
    case noSpace = 5
    /// The stage saw ``StageContext/isCancelled`` and stopped; thrown without that, it counts as ``internal``.
    case cancelled = 6
    /// The stage's own fault: never retried; of an item, the item fails.
    case `internal` = 7
    /// The host or machine lacks something: never retried, the job fails.
    case unsupported = 8
    /// A file or model isn't there: never retried; of an item, the item fails.
    case notFound = 9

    /// True when one item is to blame and the rest of the batch can go on.
    public var blamesItem: Bool { self == .input || self == .notFound }
  }

  /// What the host does about it.
  public let code: Code
  /// What happened, where, what was expected and found, and what to do.
  public let message: String
  /// The parameter at fault, if it is one.
  public let parameter: String?

  /// Makes an error from a code and a sentence.
  public init(_ code: Code, _ message: String, parameter: String? = nil) {
    self.code = code
    self.message = message
    self.parameter = parameter
  }

  /// The sentence.
  public var description: String { message }
}
