import Glibc

/// Waits until a descriptor can be read or a moment has come: the daemon's only way to wait.
package enum Poller {
  /// Waits for the first of `descriptors` to be readable.
  ///
  /// - Parameters:
  ///   - descriptors: Some of them; none is fine.
  ///   - deadline: When to give up; nil waits for ever.
  /// - Returns: Those that are readable, or whose other end is gone.
  @discardableResult
  package static func wait(
    for descriptors: [Int32], until deadline: ContinuousClock.Instant?
  ) -> Set<Int32> {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let count = poll(&entries, nfds_t(entries.count), timeout(until: deadline))
    guard count > 0 else { return [] }
    return Set(entries.filter { $0.revents != 0 }.map(\.fd))
  }

  /// Milliseconds, rounded up so that nobody wakes just before the time.
  private static func timeout(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return -1 }
    let left = ContinuousClock.now.duration(to: deadline)
    let (seconds, fraction) = left.components
    guard seconds >= 0, fraction >= 0 else { return 0 }
    let milliseconds =
      min(seconds, 3600) * 1000 + (fraction + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(milliseconds)
  }
}
