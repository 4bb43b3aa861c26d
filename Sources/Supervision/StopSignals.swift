import CSystemCalls
import Glibc

/// SIGTERM, SIGINT and SIGHUP as something to poll.
package final class StopSignals {
  package enum Signal: Hashable, Sendable {
    /// SIGTERM or SIGINT.
    case stop
    /// SIGHUP: look at the plugins again.
    case reload
  }

  private let file: Descriptor

  /// Blocks the signals for this process; to be made before any thread is started.
  ///
  /// - Returns: nil when the kernel refuses.
  package init?() {
    let number = lattice_stop_signals()
    guard number >= 0 else { return nil }
    file = Descriptor(owning: number)
  }

  package var descriptor: Int32 { file.number }

  /// Lets signals end this process as they do by default while `body` runs.
  package func lettingThrough<Result>(_ body: () throws -> Result) rethrows -> Result {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    defer { pthread_sigmask(SIG_BLOCK, &signals, nil) }
    return try body()
  }

  /// The next signal that has arrived, or nil.
  package func next() -> Signal? {
    switch lattice_next_signal(file.number) {
    case SIGTERM, SIGINT: .stop
    case SIGHUP: .reload
    default: nil
    }
  }
}
