import DurableFiles
import FoundationEssentials
import JobModel
import StageHost
import Synchronization
import WorkerLink

/// A shard of items: reads them, streams them through the stages, publishes what came out.
struct ItemShard {
  let context: ShardContext

  private struct Counts {
    var done = 0
    var skipped = 0
    var metadata: [Int: JSONValue] = [:]
    var damaged: [DamagedItem] = []
  }

  func run(since started: Int) throws -> ShardReport {
    let stages = try StageLoader.load(context) { _ in true }
    defer { stages.forEach { $0.close() } }
    let chain = StageChain(context: context, stages: stages)
    let counts = Mutex(Counts())
    try stream(chain, counts)
    for stage in stages where !stage.planned.description.reduces { try stage.finish() }
    let publisher = Publisher(context: context)
    let failed = chain.failed
    try StaleOutputs(context: context).remove(failed: Set(failed.map(\.item)))
    let files = try publisher.publishFiles(without: Set(failed.map(\.item)))
    try publisher.publishStates(of: stages)
    let ended = counts.withLock { $0 }
    let report = ShardReport(
      shard: context.shard, attempt: context.attempt, itemsDone: ended.done,
      itemsFailed: failed.count, itemsSkipped: ended.skipped,
      itemsDamaged: ended.damaged.isEmpty ? nil : ended.damaged.count, files: files,
      stages: stages.map(\.times), seconds: Double(WallClock.monotonicNanoseconds - started) / 1e9,
      peakMemoryBytes: peakMemoryBytes())
    try publisher.publish(
      report, failed: failed, damaged: ended.damaged, metadata: try lines(ended.metadata))
    return report
  }

  private func stream(_ chain: StageChain, _ counts: borrowing Mutex<Counts>) throws {
    let reader = try ItemReader(
      folder: context.folder, manifest: context.plan.items, shard: context.shard)
    let quarantine = try Quarantined.read(context.folder, shard: context.shard)
    let names = OutputNames(context.plan, jobID: context.jobID)
    // The stage that reads the files; a job without one has no items that could lack theirs.
    let entrance =
      context.plan.stages.first { $0.inputs.values.contains(.items) }?.name
      ?? context.plan.stages.first?.name ?? ""
    let size = context.isOneByOne ? 1 : max(1, context.plan.batch)
    let tally = Tally(context: context, chain: chain)
    try BatchStream(
      context: context, chain: chain,
      next: {
        while true {
          try context.throwIfCancelled()
          let items = try reader.next(size)
          guard !items.isEmpty else { return nil }
          let wanted = items.filter { item in
            if let bad = quarantine[item.number] {
              chain.fail(item, stage: bad.stage, reason: bad.reason, isQuarantined: true)
            } else if let fault = item.fault {
              chain.fail(item, stage: entrance, reason: fault)
            } else if let fault = names.fault(of: item) {
              chain.fail(item, stage: fault.stage, reason: fault.reason)
            } else {
              return true
            }
            return false
          }
          let todo = wanted.filter { !names.areThereAlready($0) }
          tally.skip(wanted.count - todo.count)
          if todo.isEmpty { continue }
          return TravellingBatch(
            entries: todo.map {
              HostBatch.Entry(item: $0, metadata: .object([:]), seed: 0)
            }, tensors: [:])
        }
      }, finished: { tally.finish($0) }
    ).run()
    let (done, skipped, metadata, damaged) = tally.result
    counts.withLock {
      $0 = Counts(
        done: done, skipped: skipped, metadata: metadata,
        damaged: damaged.sorted { $0.item < $1.item })
    }
  }

  /// A line of JSON for each item that any stage said something of.
  private func lines(_ metadata: [Int: JSONValue]) throws -> [UInt8] {
    var lines: [UInt8] = []
    for (number, value) in metadata.sorted(by: { $0.key < $1.key }) {
      guard value.objectValue?.isEmpty == false else { continue }
      let line = JSONValue.object(["metadata": value, "number": .int(number)])
      lines += Array(try line.canonicalText.utf8) + [UInt8(ascii: "\n")]
    }
    return lines
  }
}

/// Counts what has been through all stages, and shows it on the page.
final class Tally: Sendable {
  private let context: ShardContext
  private let chain: StageChain
  typealias Counts = (
    done: Int, skipped: Int, metadata: [Int: JSONValue], damaged: [DamagedItem]
  )

  private let state = Mutex<Counts>((0, 0, [:], []))

  init(context: ShardContext, chain: StageChain) {
    self.context = context
    self.chain = chain
  }

  var result: Counts { state.withLock { $0 } }

  func skip(_ count: Int) {
    state.withLock { $0.skipped += count }
    show()
  }

  func finish(_ batch: TravellingBatch) {
    state.withLock { state in
      state.done += batch.entries.count
      for entry in batch.entries {
        state.metadata[entry.item.number] = entry.metadata
        guard let reason = entry.metadata[DamagedItem.key]?.stringValue else { continue }
        state.damaged.append(
          DamagedItem(item: entry.item.number, id: entry.item.id, reason: reason))
      }
    }
    show()
  }

  private func show() {
    let (done, skipped) = state.withLock { ($0.done, $0.skipped) }
    context.recorder.setCounts(done: done, failed: chain.failed.count, skipped: skipped)
  }
}

/// Items that earlier attempts died of.
enum Quarantined {
  static func read(_ folder: JobFolder, shard: Int) throws -> [Int: FailedItem] {
    let path = folder.quarantine(shard: shard)
    guard Files.exists(path) else { return [:] }
    var items: [Int: FailedItem] = [:]
    for line in try Files.read(path).split(separator: UInt8(ascii: "\n")) {
      let item = try JSONDecoder().decode(FailedItem.self, from: Data(line))
      items[item.item] = item
    }
    return items
  }
}
