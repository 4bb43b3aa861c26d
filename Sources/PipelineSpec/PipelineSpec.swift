package import YAML

/// A pipeline as its author wrote it: syntax and single values are checked, stages are not looked up yet.
package struct PipelineSpec: Hashable, Sendable {
  package var name: Marked<String>
  package var priority: Marked<Int>?
  /// Accepted but not started until somebody resumes it.
  package var hold: Marked<Bool>?
  package var input: SpecInput?
  package var stages: [SpecStage]
  package var output: SpecOutput?
  /// Items to a shard.
  package var itemsPerShard: Marked<Int>?
  package var limits: SpecLimits
  package var retry: SpecRetry
  package var maxFailedItems: Marked<SpecFailureAllowance>?
  package var seed: Marked<UInt64>?

  /// True when the job is to be accepted and not started.
  package var isHeld: Bool { hold?.value ?? false }

  package init(name: Marked<String>, stages: [SpecStage]) {
    self.name = name
    self.stages = stages
    limits = SpecLimits()
    retry = SpecRetry()
  }
}

/// `input:` — one named set of items.
package struct SpecInput: Hashable, Sendable {
  package enum Selection: Hashable, Sendable {
    /// Files below a directory whose relative path matches the glob and none of the excluded ones.
    case directory(Marked<String>, glob: Marked<String>?, exclude: [Marked<String>] = [])
    /// Files by name, in this order.
    case files([Marked<String>])
    /// A text file with one path a line.
    case list(Marked<String>)
    /// So many items without a file.
    case count(Marked<Int>)
  }

  /// What `in:` calls it.
  package var name: Marked<String>
  package var selection: Selection

  package init(name: Marked<String>, selection: Selection) {
    self.name = name
    self.selection = selection
  }
}

/// An entry of `stages:`.
package struct SpecStage: Hashable, Sendable {
  package enum Model: Hashable, Sendable {
    /// `name@version`.
    case named(Marked<String>)
    case path(Marked<String>, sha256: Marked<String>?)
  }

  /// Where an input port is connected: `read.image`, or the name of the input for a file port.
  package struct Connection: Hashable, Sendable {
    package var port: Marked<String>
    /// As written, `stage.port` or `input`.
    package var source: Marked<String>

    package init(port: Marked<String>, source: Marked<String>) {
      self.port = port
      self.source = source
    }
  }

  package var id: Marked<String>
  /// As written: `image.read@1`.
  package var use: Marked<String>
  package var inputs: [Connection]
  /// A mapping node, or nil when absent.
  package var parameters: YAMLNode?
  /// By slot; the key "" stands for the stage's first slot (`model:` written as one value).
  package var models: [String: Model]
  package var checkpoint: SpecCheckpoint?
  /// Of the whole entry.
  package var mark: SourceMark

  package init(id: Marked<String>, use: Marked<String>, mark: SourceMark) {
    self.id = id
    self.use = use
    self.mark = mark
    inputs = []
    models = [:]
  }
}

/// `output:`.
package struct SpecOutput: Hashable, Sendable {
  package var directory: Marked<String>?
  /// `error`, `skip` or `replace`.
  package var existing: Marked<String>?
  package var model: SpecOutputModel?

  package init() {}
}

/// `output: { model: NAME@VERSION }`.
package struct SpecOutputModel: Hashable, Sendable {
  package var name: String
  /// Nil takes the next whole version.
  package var version: String?
  package var mark: SourceMark

  /// As it is written.
  package var text: String { version.map { "\(name)@\($0)" } ?? name }
}

/// `checkpoint:` of a stage.
package struct SpecCheckpoint: Hashable, Sendable {
  package var everySteps: Marked<Int>?
  package var keep: Marked<Int>?
  /// Of the key `checkpoint`'s value.
  package var mark: SourceMark
}

/// `limits:`, units already resolved.
package struct SpecLimits: Hashable, Sendable {
  package var cpus: Marked<Int>?
  package var memoryBytes: Marked<Int>?
  package var timeSeconds: Marked<Double>?
  package var stallSeconds: Marked<Double>?
  package var batch: Marked<Int>?

  package init() {}
}

/// `retry:`.
package struct SpecRetry: Hashable, Sendable {
  package var attempts: Marked<Int>?
  /// First and longest pause, seconds, of `backoff: 10s..5m`.
  package var backoff: Marked<ClosedRange<Double>>?

  package init() {}
}

/// `errors: { max_failed_items: … }`.
package enum SpecFailureAllowance: Hashable, Sendable {
  case count(Int)
  case percent(Double)
}
