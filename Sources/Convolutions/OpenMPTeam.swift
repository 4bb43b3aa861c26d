internal import COneDNN
import Synchronization
import TensorCore

/// The threads that convolutions run on, for other work between convolutions.
///
/// A ``ThreadTeam`` beside them would have the same processors looked for work by two sets of threads. Threads belong to
/// the thread that calls; the caller waits for all of them.
package struct OpenMPTeam: Workers {
  package let threadCount: Int

  /// Names a number of threads, the caller's among them; at least 1.
  package init(threadCount: Int) {
    precondition(threadCount >= 1, "a team has at least the caller's thread")
    self.threadCount = threadCount
  }

  package func run(chunks: Int, _ body: @Sendable (Int) -> Void) {
    // Work within work stays on its thread.
    guard chunks > 1, threadCount > 1, omp_in_parallel() == 0 else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let job = Job(chunks, body)
      withExtendedLifetime(job) {
        GOMP_parallel(
          { argument in
            guard let argument else { return }
            Unmanaged<Job>.fromOpaque(argument).takeUnretainedValue().work()
          }, Unmanaged.passUnretained(job).toOpaque(), UInt32(min(threadCount, chunks)), 0)
      }
      job.body = nil
    }
  }
}

/// Chunks that threads take as they come.
// `body` is cleared only after all threads have returned.
private final class Job: @unchecked Sendable {
  var body: (@Sendable (Int) -> Void)?
  private let next = Atomic(0)
  private let chunks: Int

  init(_ chunks: Int, _ body: @escaping @Sendable (Int) -> Void) {
    self.chunks = chunks
    self.body = body
  }

  func work() {
    while true {
      let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard chunk < chunks else { return }
      body?(chunk)
    }
  }
}
