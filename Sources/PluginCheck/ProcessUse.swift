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

  /// Processes that this one has started, and those whose parent has left them to it; also those that have ended and
  /// were not waited for.
  static var children: [Int32] {
    let threads = (try? Files.names(in: "/proc/self/task")) ?? []
    return threads.flatMap { thread -> [Int32] in
      let bytes = (try? Files.read("/proc/self/task/\(thread)/children")) ?? []
      return bytes.split(separator: UInt8(ascii: " ")).compactMap {
        Int32(String(decoding: $0, as: UTF8.self))
      }
    }
  }

  /// Bytes that were allocated and not given back.
  static var heapBytes: Int { Int(lattice_heap_bytes()) }

  /// Seconds of processor time so far.
  static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
