package import FileNames

/// A pipeline made ready to run: what the planner writes as `resolved.json` and a worker carries out.
package struct JobPlan: Codable, Hashable, Sendable {
  /// Layout of this file; a worker refuses another.
  package static let currentFormat = 1

  package var format = JobPlan.currentFormat
  package var name: String
  /// Higher goes first.
  package var priority: Int
  package var seed: UInt64
  /// In an order in which every stage follows those it reads from.
  package var stages: [PlannedStage]
  package var items: ItemManifest
  /// Items per `process` call; 1 when sizes differ from item to item.
  package var batch: Int
  /// True when a stage gathers over the whole job, so that a last shard reduces the states of the others.
  package var hasReduceShard: Bool
  package var limits: Limits
  package var retry: RetryPolicy
  package var failureAllowance: FailureAllowance
  package var output: OutputPolicy
  /// Where relative paths of the spec were resolved against; absolute.
  package var base: String
  /// What the planner wants people to know, not faults.
  package var warnings: [String]

  package init(
    name: String, priority: Int = 0, seed: UInt64 = 0, stages: [PlannedStage], items: ItemManifest,
    batch: Int, hasReduceShard: Bool = false, limits: Limits = Limits(),
    retry: RetryPolicy = RetryPolicy(), failureAllowance: FailureAllowance = .count(0),
    output: OutputPolicy, base: String, warnings: [String] = []
  ) {
    self.name = name
    self.priority = priority
    self.seed = seed
    self.stages = stages
    self.items = items
    self.batch = batch
    self.hasReduceShard = hasReduceShard
    self.limits = limits
    self.retry = retry
    self.failureAllowance = failureAllowance
    self.output = output
    self.base = base
    self.warnings = warnings
  }

  /// True when its stages are tasks: one shard, run as a whole.
  package var isTask: Bool { stages.contains { $0.description.kind == .task } }

  /// Shards in all, the reducing one included; that one is the last.
  package var shardCount: Int { items.shardCount + (hasReduceShard ? 1 : 0) }

  /// The number of the reducing shard, if there is one.
  package var reduceShard: Int? { hasReduceShard ? items.shardCount : nil }
}

/// One use of a stage.
package struct PlannedStage: Codable, Hashable, Sendable {
  /// Where an input port gets its data.
  package enum Source: Codable, Hashable, Sendable {
    /// The job's item files; only for file ports.
    case items
    /// A port of an earlier stage.
    case port(stage: String, port: String)
  }

  /// Its `id` in the spec.
  package var name: String
  package var plugin: PluginFile
  package var description: StageDescription
  /// Complete: defaults are filled in.
  package var parameters: JSONValue
  package var inputs: [String: Source]
  package var outputs: [String: TensorSpec]
  package var models: [String: PlannedModel]
  /// Of a task; nil when the spec says nothing.
  package var checkpoint: CheckpointPolicy?
  /// The plugin as it was at planning; nil when it could not be kept.
  package var kept: KeptFiles?

  package init(
    name: String, plugin: PluginFile, description: StageDescription, parameters: JSONValue,
    inputs: [String: Source], outputs: [String: TensorSpec], models: [String: PlannedModel] = [:],
    checkpoint: CheckpointPolicy? = nil
  ) {
    self.name = name
    self.plugin = plugin
    self.description = description
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.models = models
    self.checkpoint = checkpoint
  }
}

/// A model as it was found at planning.
package struct PlannedModel: Codable, Hashable, Sendable {
  /// `name@version`, or the path that the spec gave.
  package var reference: String
  package var path: String
  package var sha256: String
  /// The model as it was at planning; nil when it could not be kept.
  package var kept: KeptFiles?

  package init(reference: String, path: String, sha256: String) {
    self.reference = reference
    self.path = path
    self.sha256 = sha256
  }
}

/// The frozen list of items, in `items.jsonl` beside the plan.
package struct ItemManifest: Codable, Hashable, Sendable {
  package var count: Int
  /// At most this many items to a shard, at least 1.
  package var itemsPerShard: Int
  /// Byte offset in `items.jsonl` of the first item of each shard.
  package var shardOffsets: [Int]
  /// Items with a fault, which fail without being tried; nil for none.
  package var faultyCount: Int?
  /// Number of shards where the offsets are left out.
  private var outlinedShardCount: Int?

  package init(count: Int, itemsPerShard: Int, shardOffsets: [Int], faultyCount: Int? = nil) {
    self.count = count
    self.itemsPerShard = itemsPerShard
    self.shardOffsets = shardOffsets
    self.faultyCount = faultyCount
  }

  package var shardCount: Int { outlinedShardCount ?? shardOffsets.count }

  /// The same without the offsets, of which there is one a shard: for whoever reads no items.
  package var outline: ItemManifest {
    var outline = self
    outline.outlinedShardCount = shardCount
    outline.shardOffsets = []
    return outline
  }

  /// Item numbers of a shard.
  package func range(ofShard shard: Int) -> Range<Int> {
    let start = shard * itemsPerShard
    return start..<min(start + itemsPerShard, count)
  }
}

/// What a worker of the job may use.
package struct Limits: Codable, Hashable, Sendable {
  /// Threads of one worker.
  package var threads = 1
  /// Bytes of memory of one worker.
  package var memoryBytes = 2 << 30
  /// Seconds one attempt of a shard may take; nil for no limit.
  package var attemptSeconds: Double?
  /// Seconds without any progress after which a worker is taken for hung.
  package var stallSeconds = 300.0

  package init() {}
}

package struct RetryPolicy: Codable, Hashable, Sendable {
  /// Tries of a shard in all, at least 1.
  package var attempts = 3
  package var firstDelaySeconds = 1.0
  package var longestDelaySeconds = 60.0

  package init() {}

  /// Seconds to wait before attempt `number` (2 is the first retry): doubling, capped.
  package func delay(beforeAttempt number: Int) -> Double {
    var delay = firstDelaySeconds
    for _ in 2..<max(2, number) where delay < longestDelaySeconds { delay *= 2 }
    return min(delay, longestDelaySeconds)
  }
}

/// Failed items a job may have and still be `partial` rather than `failed`.
package enum FailureAllowance: Codable, Hashable, Sendable {
  case count(Int)
  /// 0 to 100.
  case percent(Double)

  package func allows(failed: Int, of total: Int) -> Bool {
    switch self {
    case .count(let limit): failed <= limit
    case .percent(let limit): Double(failed) * 100 <= limit * Double(total)
    }
  }
}

/// Where results go and what happens when a name is taken.
package struct OutputPolicy: Codable, Hashable, Sendable {
  package enum Existing: String, Codable, Hashable, Sendable, CaseIterable {
    case error, skip, replace
  }

  /// Bytes of the longest path that the system takes.
  private static let longestPath = 4095

  /// Absolute folder, created if absent; every output is inside it.
  package var directory: String
  package var existing: Existing
  /// The model a task makes; nil when none is asked for.
  package var model: ModelDestination?
  /// Which folder was at ``directory`` at planning; nil for the job's own.
  package var anchor: OutputAnchor?

  package init(directory: String, existing: Existing = .error, model: ModelDestination? = nil) {
    self.directory = directory
    self.existing = existing
    self.model = model
  }

  /// True when results go to the job's own folder.
  package func isOwn(of folder: JobFolder) -> Bool {
    FileName(directory) == FileName(folder.outputs)
  }

  /// Why no file can be at an absolute path; nil when one can.
  package static func fault(ofPath path: FileName) -> String? {
    path.bytes.count <= longestPath
      ? nil
      : """
      the path of the output '\(path.lastComponent.shown)' has \(path.bytes.count) bytes, and the system takes at \
      most \(longestPath); choose a shorter output folder
      """
  }
}
