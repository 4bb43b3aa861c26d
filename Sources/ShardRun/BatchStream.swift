import Glibc
import JobModel
import Synchronization

/// Streams batches through sources, maps and sinks, each on threads of its own.
///
/// The next batch is decoded and the last one encoded while this one is computed; stages that declare themselves
/// parallel take several batches at once. Memory is bounded by the batches under way, never by the items.
struct BatchStream {
  /// Stages that a batch goes through on one thread.
  struct Segment: Hashable {
    var stages: [Int]
    /// Threads that take batches through it.
    var width: Int
  }

  /// Threads of one segment, and batches between first and last stage, at most: the planner chooses the size of a
  /// batch so that a dozen of them fit into the job's memory.
  private static let (mostThreads, mostBatches) = (4, 8)

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
    let segments = Self.segments(of: context.plan, threads: context.budget.threads)
    let isPlain = segments.count == 1 && segments[0].width == 1
    if context.isOneByOne || context.budget.threads == 1 || isPlain {
      while let batch = try next() {
        try finished(try chain.run(batch, through: segments.flatMap(\.stages)))
      }
    } else {
      try OverlappingStream(self, segments, mostBatches: Self.mostBatches).run()
    }
  }

  /// Runs of stages of which all are parallel or none is, in the order of ``turns(of:)``.
  static func segments(of plan: JobPlan, threads: Int) -> [Segment] {
    kinds(of: plan).flatMap { indices -> [Segment] in
      var segments: [Segment] = []
      for index in indices {
        let description = plan.stages[index].description
        // What a stage gathers may depend on the order.
        let width =
          description.isParallel && !description.reduces ? min(threads, Self.mostThreads) : 1
        if let last = segments.last, last.width == width {
          segments[segments.count - 1].stages.append(index)
        } else {
          segments.append(Segment(stages: [index], width: width))
        }
      }
      return segments
    }
  }

  /// Stages by their place in the plan: sources, maps, sinks; empty ones left out.
  private static func kinds(of plan: JobPlan) -> [[Int]] {
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
    for (turn, index) in kinds(of: plan).joined().enumerated() { turns[index] = turn }
    return turns
  }
}

/// A stream whose segments work at the same time; each gets its batches in order.
// `next` is called under a lock alone; everything else is safe by itself.
private final class OverlappingStream: @unchecked Sendable {
  private struct State {
    /// Batches that were drawn from `next`.
    var drawn = 0
    var isOver = false
    /// By segment, threads that are not through.
    var working: [Int]
    var failure: (any Error)?
  }

  private let stream: BatchStream
  private let segments: [BatchStream.Segment]
  /// What each segment but the first takes from.
  private let queues: [OrderedQueue<TravellingBatch>]
  /// Holds a value for each batch under way.
  private let underWay: BoundedQueue<Bool>
  private let drawing = Mutex(())
  private let state: Mutex<State>

  init(_ stream: BatchStream, _ segments: [BatchStream.Segment], mostBatches: Int) {
    self.stream = stream
    self.segments = segments
    queues = segments.dropFirst().map { OrderedQueue(capacity: $0.width) }
    underWay = BoundedQueue(capacity: max(mostBatches, segments.count + 1))
    state = Mutex(State(working: segments.map(\.width)))
  }

  func run() throws {
    var helpers: [pthread_t] = []
    for (position, segment) in segments.enumerated() {
      // This thread works on the first segment too.
      for _ in (position == 0 ? 1 : 0)..<segment.width {
        helpers.append(Threads.start { [self] in work(on: position) })
      }
    }
    work(on: 0)
    helpers.forEach(Threads.join)
    if let error = state.withLock({ $0.failure }) { throw error }
  }

  /// Takes batches through a segment until there are no more.
  private func work(on position: Int) {
    do {
      while let (number, batch) = try position == 0 ? draw() : queues[position - 1].take() {
        let done = try stream.context.budget.withTurn { () throws(AttemptFailure) in
          try stream.chain.run(batch, through: segments[position].stages)
        }
        if position == segments.count - 1 {
          try stream.finished(done)
          _ = underWay.take()
        } else if !queues[position].put(done, at: number) {
          break
        }
      }
    } catch {
      stop(error)
    }
    let (isLast, count) = state.withLock { state in
      state.working[position] -= 1
      return (state.working[position] == 0, state.drawn)
    }
    if isLast, position < queues.count { queues[position].finish(count: count) }
  }

  private func draw() throws -> (number: Int, value: TravellingBatch)? {
    guard underWay.put(true) else { return nil }
    return try drawing.withLock { _ in
      guard !state.withLock({ $0.isOver }) else { return nil }
      guard let batch = try stream.next() else {
        state.withLock { $0.isOver = true }
        return nil
      }
      return state.withLock { state in
        defer { state.drawn += 1 }
        return (state.drawn, batch)
      }
    }
  }

  private func stop(_ error: any Error) {
    state.withLock {
      $0.failure = $0.failure ?? error
      $0.isOver = true
    }
    underWay.close()
    queues.forEach { $0.close() }
  }
}

extension PlannedStage {
  /// True when an input port is connected to another stage.
  var readsTensors: Bool {
    inputs.values.contains { if case .port = $0 { true } else { false } }
  }
}
