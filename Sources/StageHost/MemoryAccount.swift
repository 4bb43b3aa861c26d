import Synchronization

/// Counts the bytes that stages were given against a limit.
package final class MemoryAccount: Sendable {
  private let limit: Int
  private let used = Atomic<Int>(0)
  private let highest = Atomic<Int>(0)

  /// - Parameter limit: Bytes; `Int.max` for none.
  package init(limit: Int) { self.limit = limit }

  /// Takes `bytes`; false, and nothing taken, when that would pass the limit.
  package func take(_ bytes: Int) -> Bool {
    guard (0...limit).contains(bytes) else { return false }
    let (_, now) = used.wrappingAdd(bytes, ordering: .relaxed)
    guard now <= limit else {
      give(bytes)
      return false
    }
    highest.max(now, ordering: .relaxed)
    return true
  }

  package func give(_ bytes: Int) { used.wrappingSubtract(bytes, ordering: .relaxed) }

  package var usedBytes: Int { used.load(ordering: .relaxed) }
  package var highestBytes: Int { highest.load(ordering: .relaxed) }
}
