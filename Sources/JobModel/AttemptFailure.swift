package import FileNames

/// Why an attempt at a shard ended without publishing; a worker that lives long enough writes it as
/// `failure.json` in the attempt's log folder, else the supervisor makes it from what is left.
package struct AttemptFailure: Codable, Hashable, Sendable, Error {
  /// What the retry policy hangs on.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// The parameters or the machine can't do it: never retried.
    case config
    /// It may work later: retried after a pause.
    case transient
    /// Not enough memory even with one item to a batch, or over the worker's limit: as a crash.
    case noMemory = "no-memory"
    /// Disk full: the job pauses and no attempt is used up.
    case noSpace = "no-space"
    /// The job is being cancelled or paused.
    case cancelled
    /// The stage's own fault: never retried.
    case `internal`
    /// The worker died of a signal.
    case crashed
    /// No progress for the stall time; killed.
    case stalled
    /// Over its time limit; killed.
    case timedOut = "timed-out"
    /// The daemon or the machine went down: no attempt is used up.
    case interrupted
  }

  package var kind: Kind
  /// The stage that was at work, by its name in the spec.
  package var stage: String?
  /// Number of the item that was at work, when known.
  package var item: Int?
  package var itemID: FileName?
  /// `SIGSEGV`.
  package var signal: String?
  /// A sentence for a person.
  package var message: String
  /// Function names of the stack, innermost first, when there is one.
  package var stack: [String]
  /// File name and sha256 of the stage's plugin.
  package var plugin: String?

  package init(
    kind: Kind, stage: String? = nil, item: Int? = nil, itemID: FileName? = nil,
    signal: String? = nil,
    message: String, stack: [String] = [], plugin: String? = nil
  ) {
    self.kind = kind
    self.stage = stage
    self.item = item
    self.itemID = itemID
    self.signal = signal
    self.message = message
    self.stack = stack
    self.plugin = plugin
  }
}
