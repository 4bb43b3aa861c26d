internal import CKernels
import Glibc
import Synchronization

/// Splits work over threads; whoever gives it out decides how many there are.
package protocol Workers: Sendable {
  /// Threads that work at once, the caller's among them; at least 1.
  var threadCount: Int { get }

  /// Calls `body` once for each of 0..<chunks, on any of the threads, and returns when all have returned.
  func run(chunks: Int, _ body: @Sendable (Int) -> Void)
}

extension Workers {
  /// Calls `body` for ranges that together cover 0..<count.
  ///
  /// - Parameters:
  ///   - count: Pieces of work.
  ///   - grain: The fewest pieces worth a chunk, at least 1.
  ///   - body: Works on a range.
  package func forRanges(_ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
    guard count > 0 else { return }
    // More chunks than threads, so that one that was held up holds up no other.
    let wanted = threadCount == 1 ? 1 : min(threadCount * 4, max(1, count / max(1, grain)))
    guard wanted > 1 else { return body(0..<count) }
    run(chunks: wanted) { chunk in
      body((chunk * count / wanted)..<((chunk + 1) * count / wanted))
    }
  }
}

/// The caller's thread alone.
package struct OneThread: Workers {
  package let threadCount = 1

  package init() {}

  package func run(chunks: Int, _ body: @Sendable (Int) -> Void) {
    for chunk in 0..<chunks { body(chunk) }
  }
}

/// Threads of its own that take chunks as they come.
///
/// A thread that is held up delays only the chunk it has taken: the caller waits for chunks, never for threads. Idle
/// threads look for work for some 100 microseconds, then sleep.
package final class ThreadTeam: Workers {
  package let threadCount: Int
  private let shared: TeamState

  /// Starts threads.
  ///
  /// - Parameter threadCount: With the caller's; at least 1.
  package init(threadCount: Int) {
    precondition(threadCount >= 1, "a team has at least the caller's thread")
    self.threadCount = threadCount
    shared = TeamState()
    for _ in 1..<threadCount { Self.start(shared) }
  }

  deinit { shared.stop() }

  package func run(chunks: Int, _ body: @Sendable (Int) -> Void) {
    guard chunks > 1, threadCount > 1,
      shared.isFree.compareExchange(
        expected: true, desired: false, ordering: .acquiring
      ).exchanged
    else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    withoutActuallyEscaping(body) { shared.run(chunks, $0) }
    shared.isFree.store(true, ordering: .releasing)
  }

  private static func start(_ state: TeamState) {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(state).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<TeamState>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, argument)
    if result == 0 {
      pthread_detach(thread)
    } else {
      Unmanaged<TeamState>.fromOpaque(argument).release()
    }
  }
}

/// What the threads of a team share.
// The job's fields are written only between jobs, while no thread can take a chunk.
private final class TeamState: @unchecked Sendable {
  /// False while a job runs: a job started by another thread meanwhile runs on that thread alone.
  let isFree = Atomic(true)
  /// Number of the job, how many chunks it has and how many are taken, in one word: a thread that comes late for one
  /// job can take no chunk of the next by mistake.
  private let ticket = Atomic<UInt64>(0)
  private let done = Atomic(0)
  private let isStopped = Atomic(false)
  /// The processor of the thread that gave out the job.
  private let giver = Atomic<Int32>(-1)
  private var body: (@Sendable (Int) -> Void)?
  private let sleep = SleepingPlace()

  func run(_ chunks: Int, _ body: @escaping @Sendable (Int) -> Void) {
    precondition(chunks < 1 << 20, "a job has fewer than a million chunks")
    self.body = body
    done.store(0, ordering: .relaxed)
    let job = (ticket.load(ordering: .relaxed) >> 40 + 1) & 0xFF_FFFF
    ticket.store(job << 40 | UInt64(chunks) << 20, ordering: .sequentiallyConsistent)
    giver.store(lattice_processor(), ordering: .releasing)
    sleep.wake()
    while takeChunk() {}
    var looks = 0
    while done.load(ordering: .acquiring) < chunks {
      looks += 1
      if looks > 2000 { sched_yield() }
    }
    // No chunk is left, so nobody reads the job any more.
    self.body = nil
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    sleep.wake()
  }

  func work() {
    while !isStopped.load(ordering: .acquiring) {
      if takeChunk() { continue }
      let seen = ticket.load(ordering: .acquiring)
      var looks = 0
      while looks < Self.looks, ticket.load(ordering: .relaxed) == seen { looks += 1 }
      guard looks == Self.looks else { continue }
      sleep.wait { [self] in
        ticket.load(ordering: .sequentiallyConsistent) == seen
          && !isStopped.load(ordering: .acquiring)
      }
      let giver = giver.load(ordering: .acquiring)
      if lattice_processor() == giver { lattice_leave_processor(giver) }
    }
  }

  /// How often an idle thread looks for work before it sleeps: some 100 microseconds, about what it takes to wake it on
  /// a virtual machine, and what it waits for the others' last chunks in products of a millisecond.
  private static let looks = 200_000

  /// Takes a chunk and works on it; false when there is none.
  private func takeChunk() -> Bool {
    var current = ticket.load(ordering: .acquiring)
    while true {
      let (count, index) = (current >> 20 & 0xF_FFFF, current & 0xF_FFFF)
      guard index < count else { return false }
      let (exchanged, original) = ticket.compareExchange(
        expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
      if exchanged {
        body?(Int(index))
        done.wrappingAdd(1, ordering: .releasing)
        return true
      }
      current = original
    }
  }
}

/// Where idle threads sleep.
private final class SleepingPlace: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let sleepers = Atomic(0)

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func wait(while isQuiet: () -> Bool) {
    pthread_mutex_lock(mutex)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while isQuiet() { pthread_cond_wait(condition, mutex) }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
