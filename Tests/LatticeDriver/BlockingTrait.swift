import Foundation
package import Testing

/// Runs the tests of a suite on threads of their own.
///
/// Tests that wait for processes block their thread. On the cooperative pool, which has a thread for each core, two of
/// them would keep all others from running.
package struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(BlockingThreads.shared) { try await function() }
  }
}

extension Trait where Self == BlockingTrait {
  /// The tests wait for processes, so they run on threads of their own.
  package static var blocking: Self { Self() }
}

/// A few threads for tests that block; more of them would only make each other late.
private final class BlockingThreads: TaskExecutor {
  static let shared = BlockingThreads(2 + 2 * ProcessInfo.processInfo.activeProcessorCount)

  private let condition = NSCondition()
  nonisolated(unsafe) private var jobs: [UnownedJob] = []

  private init(_ count: Int) {
    for _ in 0..<count {
      let thread = Thread { self.work() }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.withLock { jobs.append(job) }
    condition.signal()
  }

  private func work() -> Never {
    // A thread has the signal mask of the one that started it, here a worker of Dispatch with all signals blocked, and
    // so has a child: programs that wait for SIGCHLD would wait for ever.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func next() -> UnownedJob {
    condition.withLock {
      while jobs.isEmpty { condition.wait() }
      return jobs.removeFirst()
    }
  }
}
