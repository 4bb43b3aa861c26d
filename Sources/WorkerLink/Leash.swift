import CSystemCalls
import Glibc
import JobModel

/// Ties this process to the one that started it, if that one asked for it through ``ChildLeash``.
package enum Leash {
  /// Exit code of a child whose parent was gone before it was tied.
  package static let exitCode: Int32 = 76

  /// Takes the leash out of the environment: what a plugin starts is tied to nobody.
  package static func tie() {
    guard let value = getenv(ChildLeash.variable) else { return }
    let leash = ChildLeash(String(cString: value))
    unsetenv(ChildLeash.variable)
    guard let leash else { return }
    if lattice_tie_to_parent(leash.parent, UInt64(leash.cpuSeconds)) == -ESRCH { _exit(exitCode) }
    if let bytes = leash.memoryBytes { limitMemory(bytes) }
  }

  /// Bounds what this process may allocate; its children may set a limit of their own.
  private static func limitMemory(_ bytes: Int) {
    let kind = __rlimit_resource_t(RLIMIT_DATA.rawValue)
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return }
    limit.rlim_cur = min(rlim_t(bytes), limit.rlim_max)
    setrlimit(kind, &limit)
  }
}
