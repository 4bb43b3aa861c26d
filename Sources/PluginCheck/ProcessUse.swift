import JobModel
import CSystemCalls
import DurableFiles
import Glibc

/// What this process holds of the system.
enum ProcessUse {
  /// Open descriptors.
  static var descriptors: Int { ((try? Files.names(in: "/proc/self/fd")) ?? []).count }

  /// Threads.
  static var threads: Int { ((try? Files.names(in: "/proc/self/task")) ?? []).count }

  /// Bytes that were allocated and not given back.
  static var heapBytes: Int { Int(lattice_heap_bytes()) }

  /// Seconds of processor time so far.
  static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
