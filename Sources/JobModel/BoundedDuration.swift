extension Duration {
  /// A thousand years: longer than anything lasts, and short of where sums of times overflow.
  private static let longestSeconds = 31_557_600_000.0

  /// A length of time from seconds that somebody wrote: never traps, whatever the number.
  ///
  /// - Parameter seconds: Below 0 counts as 0; what is no number, or more than a thousand years, as those.
  /// - Returns: From zero to a thousand years.
  package static func bounded(seconds: Double) -> Duration {
    .seconds(seconds.isNaN ? longestSeconds : min(max(0, seconds), longestSeconds))
  }
}
