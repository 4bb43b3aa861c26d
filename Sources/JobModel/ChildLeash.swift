/// What ties a throw-away child to whoever started it: it dies with its parent, of too much CPU time, and of too much
/// memory.
///
/// The parent writes it into the child's environment. A child that hangs in a plugin would otherwise spin for ever once
/// nobody is left to kill it.
package struct ChildLeash: Hashable, Sendable {
  /// Name of the variable.
  package static let variable = "LATTICE_CHILD_LEASH"

  /// Process id of the parent.
  package let parent: Int32
  /// Seconds of CPU time, of all threads, after which the child is killed.
  package let cpuSeconds: Int
  /// Bytes that the child can allocate; nil for no limit.
  package let memoryBytes: Int?

  /// Ties a child of `parent`.
  package init(parent: Int32, cpuSeconds: Int, memoryBytes: Int? = nil) {
    self.parent = parent
    self.cpuSeconds = cpuSeconds
    self.memoryBytes = memoryBytes
  }

  /// Reads the variable's value, `PARENT:SECONDS` or `PARENT:SECONDS:BYTES`; nil when it is no such text.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let parent = Int32(parts[0]), let seconds = Int(parts[1]),
      parent > 0, seconds > 0
    else { return nil }
    var bytes: Int?
    if parts.count == 3 {
      guard let number = Int(parts[2]), number > 0 else { return nil }
      bytes = number
    }
    self.init(parent: parent, cpuSeconds: seconds, memoryBytes: bytes)
  }

  /// The variable's value.
  package var text: String {
    "\(parent):\(cpuSeconds)" + (memoryBytes.map { ":\($0)" } ?? "")
  }
}
