package import FileNames

/// What a worker writes as `shards/NNNN.done` once a shard's files are in place.
package struct ShardReport: Codable, Hashable, Sendable {
  package var shard: Int
  package var attempt: Int
  package var itemsDone: Int
  package var itemsFailed: Int
  /// Items whose outputs were there already and whose policy is `skip`.
  package var itemsSkipped: Int
  /// Of those done, items whose data is damaged and which were kept as far as they can be shown; nil for none.
  package var itemsDamaged: Int?
  package var files: [OutputFile]
  package var stages: [StageTiming]
  /// Wall clock of the attempt.
  package var seconds: Double
  /// Highest resident memory of the worker.
  package var peakMemoryBytes: Int
  /// `name@version` of the model it published.
  package var model: String?

  package init(
    shard: Int, attempt: Int, itemsDone: Int, itemsFailed: Int, itemsSkipped: Int,
    itemsDamaged: Int? = nil, files: [OutputFile], stages: [StageTiming], seconds: Double,
    peakMemoryBytes: Int, model: String? = nil
  ) {
    self.shard = shard
    self.attempt = attempt
    self.itemsDone = itemsDone
    self.itemsFailed = itemsFailed
    self.itemsSkipped = itemsSkipped
    self.itemsDamaged = itemsDamaged
    self.files = files
    self.stages = stages
    self.seconds = seconds
    self.peakMemoryBytes = peakMemoryBytes
    self.model = model
  }
}

/// A published file.
package struct OutputFile: Codable, Hashable, Sendable {
  /// What the report does with it.
  package enum Role: String, Codable, Hashable, Sendable { case result, preview, table }

  /// Relative to the job's output folder.
  package var name: FileName
  package var stage: String
  /// Number of the item it belongs to; nil for a file of the whole stage.
  package var item: Int?
  package var bytes: Int
  package var sha256: String
  package var role: Role

  package init(name: FileName, stage: String, item: Int?, bytes: Int, sha256: String, role: Role) {
    self.name = name
    self.stage = stage
    self.item = item
    self.bytes = bytes
    self.sha256 = sha256
    self.role = role
  }
}

/// Time spent inside one stage's calls.
package struct StageTiming: Codable, Hashable, Sendable {
  package var stage: String
  package var items: Int
  package var calls: Int
  package var seconds: Double

  package init(stage: String, items: Int, calls: Int, seconds: Double) {
    self.stage = stage
    self.items = items
    self.calls = calls
    self.seconds = seconds
  }
}

/// A line of `damaged.jsonl`: an item that was done with what its damaged data still shows.
package struct DamagedItem: Codable, Hashable, Sendable {
  /// The member of an item's metadata by which stages say so.
  package static let key = "damage"

  package var item: Int
  package var id: FileName
  /// A sentence for a person.
  package var reason: String

  /// Names an item.
  package init(item: Int, id: FileName, reason: String) {
    self.item = item
    self.id = id
    self.reason = reason
  }
}

/// A line of `failed.jsonl`: an item that could not be done.
package struct FailedItem: Codable, Hashable, Sendable {
  package var item: Int
  package var id: FileName
  package var stage: String
  /// A sentence for a person.
  package var reason: String
  /// True when it crashed its stage twice and is kept away from it.
  package var isQuarantined: Bool

  package init(
    item: Int, id: FileName, stage: String, reason: String, isQuarantined: Bool = false
  ) {
    self.item = item
    self.id = id
    self.stage = stage
    self.reason = reason
    self.isQuarantined = isQuarantined
  }
}
