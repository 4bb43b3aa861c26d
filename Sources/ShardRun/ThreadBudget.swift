import Glibc

/// How many threads may compute at once, over all segments and parallel loops of the worker.
// All state is guarded by the mutex.
package final class ThreadBudget: @unchecked Sendable {
  package let threads: Int
  private var free: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let freed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// - Parameter threads: At least 1.
  package init(threads: Int) {
    self.threads = max(1, threads)
    free = self.threads
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(freed, nil)
  }

  deinit {
    pthread_cond_destroy(freed)
    pthread_mutex_destroy(mutex)
    freed.deallocate()
    mutex.deallocate()
  }

  /// Computes under the budget, waiting for a turn.
  func withTurn<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    while free == 0 { pthread_cond_wait(freed, mutex) }
    free -= 1
    pthread_mutex_unlock(mutex)
    defer { giveBack() }
    return try body()
  }

  /// Computes under the budget if there is a turn to be had at once; false otherwise.
  func tryTurn(_ body: () -> Void) -> Bool {
    pthread_mutex_lock(mutex)
    let isFree = free > 0
    if isFree { free -= 1 }
    pthread_mutex_unlock(mutex)
    guard isFree else { return false }
    defer { giveBack() }
    body()
    return true
  }

  private func giveBack() {
    pthread_mutex_lock(mutex)
    free += 1
    pthread_cond_signal(freed)
    pthread_mutex_unlock(mutex)
  }
}
