import Glibc

/// Ends this process when the one that started it is gone.
package enum Lifeline {
  /// Exit code of a worker whose supervisor has died.
  package static let exitCode: Int32 = 76

  /// Watches descriptor 3, if it is a pipe, on a thread of its own.
  ///
  /// - Parameter last: Called before the process ends.
  package static func watch(_ last: @escaping @Sendable () -> Void) {
    var status = stat()
    guard fstat(3, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
    _ = Threads.start {
      var byte: UInt8 = 0
      while true {
        let count = read(3, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) {
          last()
          _exit(exitCode)
        }
      }
    }
  }
}
