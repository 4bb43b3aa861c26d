internal import COneDNN
internal import Synchronization

/// The threads of convolutions.
///
/// oneDNN here runs on OpenMP (libgomp), whose threads belong to the thread that calls: call from one thread, or give
/// each its share. Idle ones spin for some milliseconds unless the process was started with `OMP_WAIT_POLICY=passive`, as
/// workers are, and steal the processor from others meanwhile; libgomp reads it before `main`, so it's the parent's to
/// set.
package enum ConvolutionThreads {
  private static let chosen = Atomic<Int>(0)

  /// Threads that work on a convolution, the caller's among them.
  ///
  /// At first as many as the processor has, or as `OMP_NUM_THREADS` says.
  package static var budget: Int {
    let count = chosen.load(ordering: .relaxed)
    return count > 0 ? count : initial
  }

  /// Sets the threads of plans that are made from now on; a plan keeps the number it was made with.
  package static func setBudget(_ count: Int) {
    precondition(count >= 1, "at least the caller's thread works")
    _ = initial
    chosen.store(count, ordering: .relaxed)
  }

  /// Makes the calling thread's next parallel regions have `count` threads.
  static func apply(_ count: Int) {
    _ = initial
    omp_set_num_threads(Int32(count))
  }

  private static let initial = max(1, Int(omp_get_max_threads()))
}
