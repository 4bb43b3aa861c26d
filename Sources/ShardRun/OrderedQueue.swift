import Glibc

/// Hands numbered values from some threads to others in the order of their numbers, from 0 without a gap.
///
/// A giver whose value is far ahead of the one that is taken next is held back.
// All state is guarded by the mutex.
final class OrderedQueue<Value: Sendable>: @unchecked Sendable {
  private let capacity: Int
  private var values: [Int: Value] = [:]
  private var head = 0
  private var end = Int.max
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

  /// Waits until the value's turn is near and puts it in; false when the queue was closed.
  func put(_ value: Value, at number: Int) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while number >= head + capacity && !isClosed { pthread_cond_wait(changed, mutex) }
    guard !isClosed else { return false }
    values[number] = value
    pthread_cond_broadcast(changed)
    return true
  }

  /// Waits for the next value; nil once the last was taken or the queue is closed.
  func take() -> (number: Int, value: Value)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while values[head] == nil && head < end && !isClosed { pthread_cond_wait(changed, mutex) }
    guard !isClosed, let value = values.removeValue(forKey: head) else { return nil }
    defer { head += 1 }
    pthread_cond_broadcast(changed)
    return (head, value)
  }

  /// There are `count` values in all.
  func finish(count: Int) {
    pthread_mutex_lock(mutex)
    end = count
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Nothing is handed on any more.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
