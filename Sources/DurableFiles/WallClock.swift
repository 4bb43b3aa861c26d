import Glibc

/// Clocks as plain numbers.
package enum WallClock {
  /// Milliseconds since 1970, UTC.
  package static var milliseconds: Int { read(CLOCK_REALTIME) / 1_000_000 }

  /// Nanoseconds of a clock that never steps.
  package static var monotonicNanoseconds: Int { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
