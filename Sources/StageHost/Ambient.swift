import CSystemCalls
import Glibc
import Synchronization

/// What a process or thread has only one of, and a plugin may change for all others.
package struct AmbientChanges: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let rounding = AmbientChanges(rawValue: 1 << 8)
  package static let denormals = AmbientChanges(rawValue: 2 << 8)
  package static let exceptions = AmbientChanges(rawValue: 4 << 8)
  /// What each thread has of its own: it was the call on that thread.
  package static let ofThread: AmbientChanges = [.rounding, .denormals, .exceptions]
  package static let directory = AmbientChanges(rawValue: LATTICE_AMBIENT_DIRECTORY)
  package static let locale = AmbientChanges(rawValue: LATTICE_AMBIENT_LOCALE)
  package static let signals = AmbientChanges(rawValue: LATTICE_AMBIENT_SIGNALS)
  package static let descriptors = AmbientChanges(rawValue: LATTICE_AMBIENT_DESCRIPTORS)
  package static let mask = AmbientChanges(rawValue: LATTICE_AMBIENT_MASK)

  /// What a sentence calls each of them, in the order of these rules.
  package var names: [String] {
    let all: [(AmbientChanges, String)] = [
      (.rounding, "the rounding mode"),
      (.denormals, "whether tiny numbers count as zero (FTZ, DAZ)"),
      (.exceptions, "which floating-point exceptions end the process"),
      (.directory, "the working directory"), (.mask, "the file mode mask (umask)"),
      (.locale, "the locale"), (.signals, "the handler of a signal"),
      (.descriptors, "what descriptors 0, 1 and 2 lead to"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }
}

/// Looks after what calls into plugins share: each leaves it as it was, whatever the plugin did.
package final class Ambient: Sendable {
  /// This process's, as it is when it is first asked for: before any plugin is loaded.
  package static let shared = Ambient()

  /// What was changed during a call, and whether it can only have been that call.
  package struct Verdict: Sendable {
    package var changes: AmbientChanges
    /// False when other calls were under way at some time of this one.
    package var isCertain: Bool
  }

  /// A call that has not returned.
  private struct Call {
    let number: Int
    /// What was found changed, and put back, since it began.
    var found: AmbientChanges = []
    /// False once another call was under way beside it.
    var isAlone: Bool
  }

  /// Whoever looks puts back what it finds, so that nobody finds it again: looks and calls are counted under one lock, and
  /// each find is told to all calls that may have done it.
  private struct Calls {
    var begun = 0
    var underWay: [Call] = []
    /// When a call was over, in nanoseconds.
    var lastLook = 0

    mutating func look() {
      let found = lattice_ambient_changes()
      guard found != 0 else { return }
      lattice_ambient_restore(found)
      for index in underWay.indices {
        underWay[index].found.insert(AmbientChanges(rawValue: found))
      }
    }
  }

  /// Nanoseconds after a call in which nothing else is expected to have changed anything.
  private static let quiet = 1_000_000

  private let floats: UInt64
  private let calls = Mutex(Calls())

  private init() {
    floats = lattice_float_state()
    lattice_ambient_note()
  }

  /// Makes a call and puts back what it changed.
  ///
  /// - Parameter body: The call.
  /// - Returns: What it gave, and what was changed meanwhile.
  package func around<Result>(_ body: () -> Result) -> (result: Result, verdict: Verdict) {
    let number = begin()
    lattice_float_restore(floats)
    lattice_memory_begin()
    let result = body()
    let float = lattice_float_differences(lattice_float_state(), floats)
    if float != 0 { lattice_float_restore(floats) }
    var verdict = end(number)
    verdict.changes.insert(AmbientChanges(rawValue: float << 8))
    return (result, verdict)
  }

  /// Calls back a plugin on a thread of the host's, which computes as before afterwards.
  package func keepingFloats(_ body: () -> Void) {
    body()
    lattice_float_restore(floats)
  }

  private func begin() -> Int {
    let now = Self.now
    return calls.withLock { calls in
      // What a thread left behind has done since the last call is not this call's.
      if now - calls.lastLook >= Self.quiet { calls.look() }
      let isAlone = calls.underWay.isEmpty
      for index in calls.underWay.indices { calls.underWay[index].isAlone = false }
      calls.begun += 1
      calls.underWay.append(Call(number: calls.begun, isAlone: isAlone))
      return calls.begun
    }
  }

  private func end(_ number: Int) -> Verdict {
    calls.withLock { calls in
      calls.look()
      calls.lastLook = Self.now
      guard let index = calls.underWay.firstIndex(where: { $0.number == number }) else {
        return Verdict(changes: [], isCertain: true)
      }
      let call = calls.underWay.remove(at: index)
      return Verdict(changes: call.found, isCertain: call.isAlone)
    }
  }

  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
