import CSystemCalls
import Glibc
import Synchronization

/// Starting threads and telling them apart.
enum Threads {
  /// A number of the calling thread, the smallest that no other living thread has, from 0.
  static var slot: Int {
    if let known = pthread_getspecific(key) { return Int(bitPattern: known) - 1 }
    let number = numbers.withLock { numbers -> Int in
      if let free = numbers.free.min() {
        numbers.free.remove(free)
        return free
      }
      defer { numbers.next += 1 }
      return numbers.next
    }
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: number + 1))
    lattice_crash_slot(Int32(clamping: number))
    return number
  }

  /// Runs `body` on a new thread.
  static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(body)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().call()
        return nil
      }, box)
    return thread
  }

  static func join(_ thread: pthread_t) { pthread_join(thread, nil) }

  /// Numbers of threads that have ended come round again: plugins may start a thread for each item.
  private static let numbers = Mutex<(next: Int, free: Set<Int>)>((0, []))

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { number in
      let number = Int(bitPattern: number) - 1
      _ = Threads.numbers.withLock { $0.free.insert(number) }
    }
    return key
  }()

  private final class Body: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func call() { body() }
  }
}
