import Glibc
import Synchronization

/// Starting threads and telling them apart.
enum Threads {
  /// A number of the calling thread, small and its own, from 0.
  static var slot: Int {
    if let known = pthread_getspecific(key) { return Int(bitPattern: known) - 1 }
    let (number, _) = next.wrappingAdd(1, ordering: .relaxed)
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: number + 1))
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

  private static let next = Atomic<Int>(0)

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private final class Body: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func call() { body() }
  }
}
