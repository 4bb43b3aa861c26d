import Glibc
import JobModel

/// Tells whether a daemon looks after a spool: it holds the lock for as long as it lives.
enum DaemonProbe {
  static func isRunning(_ spool: SpoolFolder) -> Bool {
    let descriptor = open(spool.daemonLock, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    return false
  }
}
