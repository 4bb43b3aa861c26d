import DurableFiles
import JobModel
import PipelineSpec
import YAML

/// What a run will take, as far as shapes tell: batch, memory, disk.
struct Estimates {
  private let plan: JobPlan
  private let spec: PipelineSpec
  private let surroundings: PlanSurroundings

  init(_ plan: JobPlan, _ spec: PipelineSpec, _ surroundings: PlanSurroundings) {
    self.plan = plan
    self.spec = spec
    self.surroundings = surroundings
  }

  /// Chooses the batch, and says what will not fit.
  func faults(batch: inout Int) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let itemBytes = bytesPerItem
    let hasUnknownSizes = itemBytes == nil
    let wanted = batch > 0 ? batch : preferredBatch
    batch = hasUnknownSizes ? 1 : fitting(wanted, itemBytes ?? 0)
    if hasUnknownSizes, let asked = spec.limits.batch, asked.value > 1 {
      found.append(
        Diagnostic(
          "W175", "items differ in size, so stages work on one at a time; 'batch' is not used",
          at: asked.mark, severity: .warning, path: "limits.batch"))
    }
    if let itemBytes, itemBytes > plan.limits.memoryBytes {
      found.append(
        Diagnostic(
          "E161",
          "one item needs about \(Self.size(itemBytes)) between its stages, more than the limit of \(Self.size(plan.limits.memoryBytes))",
          at: spec.limits.memoryBytes?.mark, path: "limits.memory"))
    }
    if let cpus = spec.limits.cpus, cpus.value > surroundings.processors {
      found.append(
        Diagnostic(
          "W172",
          "a worker may use \(cpus.value) threads, this machine has \(surroundings.processors)",
          at: cpus.mark, severity: .warning, path: "limits.cpus"))
    }
    if let fault = diskFault() { found.append(fault) }
    if let fault = shardFault { found.append(fault) }
    return found
  }

  /// Shards from which on their number is worth a warning, where the spec asked for small ones.
  private static let manyShards = 10_000

  /// Each shard is a process that starts, loads its plugins and syncs its files: about a second of one processor.
  private var shardFault: Diagnostic? {
    guard let asked = spec.itemsPerShard, asked.value < 256,
      plan.items.shardCount > Self.manyShards
    else { return nil }
    let hours = Double(plan.items.shardCount) / Double(max(1, surroundings.processors)) / 3600
    return Diagnostic(
      "W177",
      """
      \(plan.items.count) items in shards of \(asked.value) make \(plan.items.shardCount) worker processes, and to start \
      them alone takes about \(Int(hours.rounded(.up))) h; say 'shards: { items: 256 }' or more
      """, at: asked.mark, severity: .warning, path: "shards.items")
  }

  private var preferredBatch: Int {
    let wishes = plan.stages.map(\.description.preferredBatch).filter { $0 > 0 }
    return wishes.min() ?? 16
  }

  /// At most a quarter of the memory for three batches under way.
  private func fitting(_ batch: Int, _ itemBytes: Int) -> Int {
    guard itemBytes > 0 else { return batch }
    return max(1, min(batch, plan.limits.memoryBytes / 12 / itemBytes))
  }

  /// Bytes of all tensors of one item; nil when a size differs from item to item.
  private var bytesPerItem: Int? {
    var sum = 0
    for spec in plan.stages.flatMap(\.outputs.values) {
      var bytes = spec.type.byteCount
      for size in spec.shape.dropFirst() {
        guard size >= 0 else { return nil }
        let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
        guard !overflow else { return Int.max }
        bytes = product
      }
      let (total, overflow) = sum.addingReportingOverflow(bytes)
      guard !overflow else { return Int.max }
      sum = total
    }
    return sum
  }

  /// Raw bytes that sinks get are the most they will write; half of that is a fair guess.
  private func diskFault() -> Diagnostic? {
    var perItem = 0
    for stage in plan.stages where stage.description.kind == .sink && !stage.description.reduces {
      for case .port(let name, let port) in stage.inputs.values {
        guard let spec = plan.stages.first(where: { $0.name == name })?.outputs[port],
          spec.shape.dropFirst().allSatisfy({ $0 >= 0 })
        else { continue }
        let bytes = spec.shape.dropFirst().reduce(
          spec.type == .f32 ? 1 : spec.type.byteCount, Self.product)
        perItem = perItem > Int.max - bytes ? Int.max : perItem + bytes
      }
    }
    let need = Self.product(perItem, plan.items.count)
    var folder = plan.output.directory
    while !Files.exists(folder), folder != "/" { folder = AtomicFile.parent(of: folder) }
    guard let free = Files.freeBytes(at: folder), need / 2 > free else { return nil }
    let isSure = need / 20 > free
    return Diagnostic(
      isSure ? "E160" : "W173",
      "the results take up to \(Self.size(need)), and \(Self.size(free)) are free in '\(folder)'",
      at: spec.output?.directory?.mark, severity: isSure ? .error : .warning, path: "output")
  }

  /// The product of two sizes, at most `Int.max`.
  private static func product(_ left: Int, _ right: Int) -> Int {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? Int.max : product
  }

  private static func size(_ bytes: Int) -> String {
    bytes >= 1 << 30
      ? "\(bytes >> 30) GiB" : bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes) bytes"
  }
}
