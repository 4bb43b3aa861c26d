import CSystemCalls
import Glibc
import JobModel

/// Ties this process to the one that started it, if that one asked for it through ``ChildLeash``.
enum Leash {
  /// Exit code of a child whose parent was gone before it was tied.
  static let exitCode: Int32 = 76

  /// Takes the leash out of the environment: what a plugin starts is tied to nobody.
  static func tie() {
    guard let value = getenv(ChildLeash.variable) else { return }
    let leash = ChildLeash(String(cString: value))
    unsetenv(ChildLeash.variable)
    guard let leash else { return }
    if lattice_tie_to_parent(leash.parent, UInt64(leash.cpuSeconds)) == -ESRCH { _exit(exitCode) }
  }
}
