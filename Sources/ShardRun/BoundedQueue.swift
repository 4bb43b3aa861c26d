import Glibc

/// Hands values from one thread to another, holding back the giver when the taker is behind.
// All state is guarded by the mutex.
final class BoundedQueue<Value: Sendable>: @unchecked Sendable {
  private let capacity: Int
  private var values: [Value] = []
  private var isClosed = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// - Parameter capacity: Values that may wait, at least 1.
  init(capacity: Int) {
    self.capacity = capacity
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Waits for room and puts a value in; false when the queue was closed.
  func put(_ value: Value) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while values.count >= capacity && !isClosed { pthread_cond_wait(changed, mutex) }
    guard !isClosed else { return false }
    values.append(value)
    pthread_cond_broadcast(changed)
    return true
  }

  /// Waits for a value; nil once the queue is closed and empty.
  func take() -> Value? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while values.isEmpty && !isClosed { pthread_cond_wait(changed, mutex) }
    guard !values.isEmpty else { return nil }
    pthread_cond_broadcast(changed)
    return values.removeFirst()
  }

  /// No more values come; those inside can still be taken.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
