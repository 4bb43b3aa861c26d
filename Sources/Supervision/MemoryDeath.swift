import Glibc
import JobModel

/// Tells from what a worker left whether it died for want of memory.
package struct MemoryDeath {
  /// What runtimes write when an allocation failed and nobody took care of it; each ends the process.
  private static let lastWords: [(start: String, end: String)] = [
    ("terminate called after throwing an instance of 'std::bad_alloc'", ""),
    ("terminating due to uncaught exception of type std::bad_alloc", ""),
    ("Fatal error: failed to allocate ", ""), ("memory allocation of ", " bytes failed"),
  ]

  package var exit: WorkerExit
  /// The end of its standard error.
  package var talk: String
  /// The most memory it had, pages of mapped files included.
  package var peakBytes: Int
  /// Pages of mapped files when it was last looked at; nil when nobody looked.
  package var mappedBytes: Int?
  /// Whether the system has killed a process for want of memory since the worker started.
  package var isSystemShort: Bool
  package var limitBytes: Int
  /// Where it read or wrote what nobody has, after memory was refused to it; nil when it did not.
  package var addressAfterRefusal: UInt64?

  package init(
    exit: WorkerExit, talk: String, peakBytes: Int, mappedBytes: Int?, isSystemShort: Bool,
    limitBytes: Int, addressAfterRefusal: UInt64? = nil
  ) {
    self.exit = exit
    self.talk = talk
    self.peakBytes = peakBytes
    self.mappedBytes = mappedBytes
    self.isSystemShort = isSystemShort
    self.limitBytes = limitBytes
    self.addressAfterRefusal = addressAfterRefusal
  }

  /// What happened, as a sentence; nil when it was something else.
  package var sentence: String? {
    guard case .signal(let number) = exit else { return nil }
    let limit = "its limit is \(Watchdog.bytes(limitBytes))"
    if number == SIGKILL {
      guard isSystemShort else { return nil }
      return
        "the system ran out of memory and killed it; it had \(Watchdog.bytes(peakBytes)) at most, \(limit)"
    }
    if let words = talk.split(separator: "\n").last(where: Self.isAboutMemory) {
      return "ran out of memory: \(words.prefix(200)); \(limit)"
    }
    let name = exit.signalName ?? "a signal"
    // Who uses memory that it was not given dies of it.
    if let address = addressAfterRefusal {
      return
        "was refused memory, went on without it and was ended by \(name) at address 0x\(String(address, radix: 16)); \(limit)"
    }
    guard let mappedBytes, peakBytes - mappedBytes > limitBytes else { return nil }
    return
      "used \(Watchdog.bytes(peakBytes - mappedBytes)) of its \(Watchdog.bytes(limitBytes)) limit and was ended by \(name)"
  }

  private static func isAboutMemory(_ line: Substring) -> Bool {
    lastWords.contains { line.hasPrefix($0.start) && line.hasSuffix($0.end) }
  }
}
