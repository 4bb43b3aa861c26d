import JobModel
import Synchronization

/// Streams batches through sources, maps and sinks, each on a thread of its own.
///
/// The next batch is decoded and the last one encoded while this one is computed. Memory is bounded by the batches between them, never by the items.
struct BatchStream {
  let context: ShardContext
  let chain: StageChain
  /// The next batch, or nil after the last.
  let next: () throws -> TravellingBatch?
  /// Called with each batch that has been through all stages.
  let finished: @Sendable (TravellingBatch) throws -> Void

  /// Runs all batches to their end.
  ///
  /// - Throws: The first error of any segment, once all have stopped.
  func run() throws {
    let segments = Self.segments(of: context.plan)
    if context.isOneByOne || context.budget.threads == 1 || segments.count == 1 {
      try runInTurn(segments.flatMap(\.self))
    } else {
      try runOverlapping(segments)
    }
  }

  /// Stages by their place in the plan: sources, maps, sinks; empty ones left out.
  private static func segments(of plan: JobPlan) -> [[Int]] {
    let all = plan.stages.indices
    let sources = all.filter {
      plan.stages[$0].description.kind == .source && !plan.stages[$0].readsTensors
    }
    let sinks = all.filter {
      plan.stages[$0].description.kind == .sink && plan.stages[$0].outputs.isEmpty
    }
    let maps = all.filter { !sources.contains($0) && !sinks.contains($0) }
    return [sources, maps, sinks].filter { !$0.isEmpty }
  }

  /// By place in the plan, how many stages run before a stage does.
  static func turns(of plan: JobPlan) -> [Int] {
    var turns = [Int](repeating: 0, count: plan.stages.count)
    for (turn, index) in segments(of: plan).joined().enumerated() { turns[index] = turn }
    return turns
  }

  private func runInTurn(_ indices: [Int]) throws {
    while let batch = try next() {
      try finished(try chain.run(batch, through: indices))
    }
  }

  private func runOverlapping(_ segments: [[Int]]) throws {
    let failure = Mutex<(any Error)?>(nil)
    let queues = segments.dropFirst().map { _ in BoundedQueue<TravellingBatch>(capacity: 1) }
    let stop: @Sendable (any Error) -> Void = { error in
      failure.withLock { $0 = $0 ?? error }
      queues.forEach { $0.close() }
    }
    let helpers = segments.indices.dropFirst().map { position in
      let isLast = position == segments.count - 1
      return Threads.start { [context, chain, finished] in
        defer { if !isLast { queues[position].close() } }
        do {
          while let batch = queues[position - 1].take() {
            let done = try context.budget.withTurn { () throws(AttemptFailure) in
              try chain.run(batch, through: segments[position])
            }
            if isLast {
              try finished(done)
            } else if !queues[position].put(done) {
              return
            }
          }
        } catch {
          stop(error)
        }
      }
    }
    do {
      while let batch = try next() {
        let done = try context.budget.withTurn { () throws(AttemptFailure) in
          try chain.run(batch, through: segments[0])
        }
        if !queues[0].put(done) { break }
      }
      queues[0].close()
    } catch {
      stop(error)
    }
    helpers.forEach(Threads.join)
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

extension PlannedStage {
  /// True when an input port is connected to another stage.
  var readsTensors: Bool {
    inputs.values.contains { if case .port = $0 { true } else { false } }
  }
}
