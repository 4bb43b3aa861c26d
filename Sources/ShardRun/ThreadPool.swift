import Glibc
import Synchronization

/// Threads that help with parallel loops; whoever starts a loop works on it too, and waits only for what was taken.
package final class ThreadPool: Sendable {
  private let budget: ThreadBudget
  private let queue = BoundedQueue<Loop>(capacity: 1024)
  private let threads: [pthread_t]

  /// - Parameter budget: Helpers are one fewer than its threads.
  package init(budget: ThreadBudget) {
    self.budget = budget
    let queue = queue
    threads = (1..<max(1, budget.threads)).map { _ in
      Threads.start {
        while let loop = queue.take() {
          while loop.hasWork, !budget.tryTurn({ loop.work() }) { usleep(200) }
        }
      }
    }
  }

  deinit {
    queue.close()
    threads.forEach(Threads.join)
  }

  /// Covers `0..<count` by ranges of at least `grain` and waits for all of them.
  package func parallelFor(
    _ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void
  ) {
    guard count > 0 else { return }
    let grain = max(1, grain)
    let pieces = min(count / grain + (count % grain == 0 ? 0 : 1), budget.threads * 4)
    guard pieces > 1, !threads.isEmpty else { return body(0..<count) }
    let loop = Loop(count: count, pieces: pieces, body: body)
    for _ in 0..<min(threads.count, pieces - 1) { _ = queue.put(loop) }
    loop.work()
    loop.wait()
  }

  /// One loop: pieces are taken by number until none is left.
  // The counters are atomic; the condition is guarded by its mutex.
  private final class Loop: @unchecked Sendable {
    private let count: Int
    private let pieces: Int
    private let body: @Sendable (Range<Int>) -> Void
    private let next = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let finished = BoundedQueue<Bool>(capacity: 1)

    init(count: Int, pieces: Int, body: @escaping @Sendable (Range<Int>) -> Void) {
      self.count = count
      self.pieces = pieces
      self.body = body
    }

    var hasWork: Bool { next.load(ordering: .relaxed) < pieces }

    func work() {
      while true {
        let (piece, _) = next.wrappingAdd(1, ordering: .relaxed)
        guard piece < pieces else { return }
        body(start(of: piece)..<start(of: piece + 1))
        if done.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == pieces {
          _ = finished.put(true)
        }
      }
    }

    /// Pieces are as large as one another or one larger.
    private func start(of piece: Int) -> Int {
      count / pieces * piece + min(piece, count % pieces)
    }

    func wait() { _ = finished.take() }
  }
}
